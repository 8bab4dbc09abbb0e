import { type Connection, statement } from "../../db/database.ts";

/** Token of a signature of Mailgun, and the content of its request, which the signature does not cover. */
export interface SignedToken {
  readonly token: string;
  /** Id of an event, or digest of a mail. */
  readonly content: string;
}

/** The token of a request was used with other content. */
export class ReusedTokenError extends Error {
  override readonly name = "ReusedTokenError";
}

// In one order, because two statements with the same tokens would otherwise deadlock.
const RECORD = statement<[tokens: string], { token: string }>(
  "providerEvents.recordTokens",
  `insert into provider_events as e (source, event_id, content)
   select 'mailgun.token', token, content from json_to_recordset($1::json) as r(token text, content text)
   order by token
   on conflict (source, event_id) do update set content = e.content where e.content = excluded.content
   returning event_id as token`,
);

/**
 * Records tokens, each for the first content that is seen with it. A transaction waits for one that records the same
 * token.
 *
 * @param tokens null: the signature covers the content
 * @returns in the order of the tokens: whether the token is accepted, which it is for one content only
 */
export async function acceptTokens(
  tx: Connection,
  tokens: readonly (SignedToken | null)[],
): Promise<readonly boolean[]> {
  // A statement must not change a row twice, so the first of several equal tokens is used.
  const first = new Map(tokens.flatMap((use) => use ?? []).reverse().map((u) => [u.token, u]));
  const recorded = first.size === 0
    ? []
    : await tx.run(RECORD, JSON.stringify([...first.values()]));
  const accepted = new Set(recorded.map(({ token }) => token));
  return tokens.map((use) =>
    use === null || accepted.has(use.token) && first.get(use.token)?.content === use.content
  );
}
