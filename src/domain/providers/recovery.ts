import { type Connection, statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";

/**
 * Assignments that close a circuit, as SQL text. The mark outlives this process, so that what waits for the
 * provider is continued even if the process ends before it has done so.
 */
export const RECOVER =
  `state = 'CLOSED', since = now(), openings = 0, retry_at = null, failed_fingerprint = null,
   error_type = null, error_code = null, error_message = null, error_pauses = false,
   recovered = true`;

/** A provider that works again, while what waited for it is not continued yet. */
export interface RecoveredProvider {
  readonly id: string;
  /** Null: the language model. */
  readonly channel: MessageChannel | null;
  readonly epoch: number;
  /** Ids of all providers of its channel. */
  readonly channelIds: readonly string[];
}

const RECOVERED = statement<[id: string | null], RecoveredProvider>(
  "providers.recovered",
  `select id, channel, epoch,
     array(select o.id from providers o where o.channel is not distinct from p.channel order by o.id)
       as "channelIds"
   from providers p where recovered and ($1::uuid is null or id = $1) order by id`,
);

const END_RECOVERY = statement<[id: string, epoch: number]>(
  "providers.endRecovery",
  "update providers set recovered = false where id = $1 and epoch = $2 and recovered",
);

/**
 * Finds the providers that work again and for which messages and jobs may still wait.
 *
 * @param id null: any provider
 */
export function findRecovered(db: Connection, id: string | null): Promise<RecoveredProvider[]> {
  return db.run(RECOVERED, id);
}

/** Records that everything that waited for the provider was continued, unless its circuit changed meanwhile. */
export async function endRecovery(
  db: Connection,
  { id, epoch }: Pick<RecoveredProvider, "id" | "epoch">,
): Promise<void> {
  await db.run(END_RECOVERY, id, epoch);
}
