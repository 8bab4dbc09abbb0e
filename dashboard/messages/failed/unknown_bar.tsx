import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { failureOf, useAction } from "../../kit/action.ts";
import { Confirm, type Question } from "../../kit/confirm.tsx";
import { formatCount, formatNumberOf } from "../../kit/format.ts";
import type { MessageDetail } from "../message_query.ts";
import { ResolveDeliveries } from "./retry.ts";

/** Decision about deliveries that may have been sent; nothing if there are none. */
export function UnknownBar({ message }: { readonly message: MessageDetail }) {
  const resolve = useAction(ResolveDeliveries, (data) => data.resolveDeliveries);
  const [question, setQuestion] = useState<Question | null>(null);
  const count = message.stats.unknown;
  if (count === 0) return null;

  function ask(as: "SENT" | "RESEND") {
    const filter = { messageId: message.id, statuses: ["UNKNOWN" as const] };
    setQuestion({
      title: as === "SENT" ? "Count them as sent?" : "Send them again?",
      body: as === "SENT"
        ? `${
          formatNumberOf(count, "recipient")
        } will count as sent and never be retried. Some may not have received the message.`
        : `${
          formatNumberOf(count, "recipient")
        } will be sent the message, some of them for the second time.`,
      action: as === "SENT"
        ? `Count ${formatCount(count)} as sent`
        : `Send ${formatCount(count)} again`,
      danger: as === "RESEND",
      run: async () => failureOf(await resolve.run({ input: { as, filter } })),
    });
  }

  return (
    <Group gap="xs" className="unknown-bar">
      <Text size="sm">
        {formatNumberOf(count, "recipient")}{" "}
        may or may not have received it, because the connection or the worker was lost before the
        provider answered.
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => ask("SENT")}>Count as sent</Button>
      <Button size="compact-sm" variant="default" onClick={() => ask("RESEND")}>Send again</Button>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Group>
  );
}
