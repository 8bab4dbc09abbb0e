import type { ReplyGroup } from "./corpus/group.ts";
import { LIMIT_GROUPS } from "./corpus/limits.ts";
import { RECIPIENT_GROUPS } from "./corpus/recipients.ts";
import { REFUSAL_GROUPS } from "./corpus/refusals.ts";

/** Replies for every row of the table, in its order. */
export const REPLY_GROUPS: readonly ReplyGroup[] = [
  ...LIMIT_GROUPS,
  ...REFUSAL_GROUPS,
  ...RECIPIENT_GROUPS,
];

/** Texts that a bounce report may quote. A refused login is the provider's, so no report quotes one. */
export const QUOTABLE: readonly string[] = [
  ...new Set(
    REPLY_GROUPS.filter(({ rule }) => !/login|TLS/.test(rule))
      .flatMap(({ replies }) => Object.values(replies).flat()),
  ),
];
