import { ActionIcon, Button, Group, Popover, Stack, Textarea } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import {
  type Icon,
  IconThumbDown,
  IconThumbDownFilled,
  IconThumbUp,
  IconThumbUpFilled,
} from "@tabler/icons-react";
import { useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { useKeys } from "../../kit/keys.ts";
import { RateSuggestion } from "../operations.ts";
import type { Suggestion } from "../thread_query.ts";

/** Rating of a suggested reply: a thumb, saved at once, then a comment. */
export function Rating({ suggestion: { id, rating } }: { readonly suggestion: Suggestion }) {
  const rate = useAction(RateSuggestion, (data) => data.rateSuggestion);
  const [comment, setComment] = useState<string | null>(null);

  async function choose(good: boolean) {
    const kept = rating?.good === good ? rating.comment : null;
    if (!isFailure(await rate.run({ id, input: { good, comment: kept } }))) setComment(kept ?? "");
  }

  async function saveComment() {
    if (!rating) return;
    const input = { good: rating.good, comment: comment?.trim() || null };
    if (!isFailure(await rate.run({ id, input }))) setComment(null);
  }

  useKeys([["u", () => void choose(true)], ["shift+U", () => void choose(false)]]);
  return (
    <Popover
      opened={comment !== null}
      onChange={(opened) => !opened && setComment(null)}
      width={320}
      position="bottom-end"
      withArrow
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <Group gap={2} role="group" aria-label="Your rating">
          <Thumb
            label="Good suggestion"
            pressed={rating?.good === true}
            icons={[IconThumbUp, IconThumbUpFilled]}
            onClick={() => void choose(true)}
          />
          <Thumb
            label="Poor suggestion"
            pressed={rating?.good === false}
            icons={[IconThumbDown, IconThumbDownFilled]}
            onClick={() => void choose(false)}
          />
        </Group>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Textarea
            label={rating?.good ? "What is good about it?" : "What is wrong with it?"}
            description="The rating is saved; a comment is optional."
            autosize
            minRows={2}
            maxRows={6}
            maxLength={2_000}
            value={comment ?? ""}
            onChange={(event) => setComment(event.currentTarget.value)}
            onKeyDown={getHotkeyHandler([["mod+Enter", () => void saveComment()]])}
          />
          {rate.failure && <ErrorNotice reason={rate.failure.reason} />}
          <Button
            size="compact-sm"
            loading={rate.running}
            onClick={() => void saveComment()}
          >
            Save the comment
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Thumb({ label, pressed, icons: [Outlined, Filled], onClick }: {
  readonly label: string;
  readonly pressed: boolean;
  readonly icons: readonly [Icon, Icon];
  readonly onClick: () => void;
}) {
  const Symbol = pressed ? Filled : Outlined;
  return (
    <ActionIcon variant="subtle" aria-label={label} aria-pressed={pressed} onClick={onClick}>
      <Symbol size={16} />
    </ActionIcon>
  );
}
