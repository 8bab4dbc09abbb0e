import { Button } from "@mantine/core";
import { IconMailForward } from "@tabler/icons-react";
import { useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { RetryQuoteEmails } from "./operations.ts";

// A person who looks at the error decides, however often the mail was tried.
const MAX_ATTEMPTS = 10;

/** Button that sends a failed mail of a quote again. */
export function RetryMail({ quoteId, type }: {
  readonly quoteId: string;
  readonly type: "CUSTOMER" | "ADMIN";
}) {
  const retry = useAction(RetryQuoteEmails, (data) => data.retryQuoteEmails);
  const [refused, setRefused] = useState<string | null>(null);

  async function run() {
    const done = await retry.run({
      input: { quoteIds: [quoteId], type, maxAttempts: MAX_ATTEMPTS },
    });
    setRefused(isFailure(done) ? null : done.refused[0]?.reason ?? null);
  }

  return (
    <div className="quote-mail-line">
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconMailForward size={15} />}
        loading={retry.running}
        onClick={run}
      >
        {type === "CUSTOMER" ? "Retry the customer's mail" : "Retry the admin's mail"}
      </Button>
      {retry.failure && <ErrorNotice reason={retry.failure.reason} />}
      <span role="status" className="dimmed">{refused && `Not retried: ${refused}`}</span>
    </div>
  );
}
