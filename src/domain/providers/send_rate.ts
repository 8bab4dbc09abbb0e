import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

const SECONDS = 60;

/** Number of messages that a provider accepted from one process. */
export interface AcceptedCount {
  readonly providerId: string;
  readonly accepted: number;
}

const ADD = statement<[providerIds: string[], accepted: number[]]>(
  "providers.addAccepted",
  `insert into provider_acceptances (provider_id, accepted)
   select * from unnest($1::uuid[], $2::int[])`,
);

/** Adds the messages that providers accepted since the last call of this process. */
export async function addAccepted(
  { db }: Pick<Services, "db">,
  counts: readonly AcceptedCount[],
): Promise<void> {
  if (counts.length === 0) return;
  await db.run(
    ADD,
    counts.map(({ providerId }) => providerId),
    counts.map(({ accepted }) => accepted),
  );
}

const READ = statement<[providerIds: string[], seconds: number], { id: string; perSecond: number }>(
  "providers.sendRates",
  `select provider_id as id, sum(accepted)::float8 / $2 as "perSecond" from provider_acceptances
   where provider_id = any($1) and accepted_at > now() - make_interval(secs => $2) group by 1`,
);

/** Reads the messages per second that providers accepted in the last minute; without those that accepted none. */
export async function readSendRates(
  db: Connection,
  providerIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db.run(READ, [...providerIds], SECONDS);
  return new Map(rows.map(({ id, perSecond }) => [id, perSecond]));
}

const PRUNE = statement<[seconds: number], { count: number }>(
  "providers.pruneAccepted",
  `delete from provider_acceptances where accepted_at < now() - make_interval(secs => $1)`,
);

/** Deletes the counts that no rate needs any more. */
export async function pruneAccepted({ db }: Pick<Services, "db">): Promise<void> {
  await db.run(PRUNE, 2 * SECONDS);
}
