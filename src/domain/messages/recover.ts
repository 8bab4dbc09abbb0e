import { statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import { wakeWaiting } from "../jobs/wake.ts";
import { endRecovery, findRecovered } from "../providers/recovery.ts";
import type { Services } from "../services.ts";
import { COLUMNS } from "./find.ts";
import type { Message } from "./message.ts";
import { continueSending } from "./resume.ts";

const PAGE_SIZE = 200;
const NO_ID = "00000000-0000-0000-0000-000000000000";

// A message that was paused before the provider was known did not have the chance to use it. One without
// providers was paused because its channel was not configured.
const PAUSED_FOR = statement<
  [
    channel: MessageChannel,
    providerId: string | null,
    createdAt: Date | null,
    afterId: string,
    limit: number,
  ],
  Message
>(
  "messages.pausedFor",
  `select ${COLUMNS} from messages where status = 'PAUSED' and id > $4 and channel = $1
     and (pause_provider_ids = '{}' or $2 = any(pause_provider_ids)
       or (pause_provider_ids is not null and paused_at < $3))
   order by id limit $5`,
);

interface Recovery {
  readonly channel: MessageChannel;
  readonly id: string | null;
  readonly createdAt: Date | null;
}

/**
 * Continues what waits for providers that work again, in all organizations: jobs that wait for a provider of
 * the channel, and messages that were paused because of the provider. A message that a person has paused
 * stays paused. Safe to call at any time and in several processes.
 *
 * @param providerId null: all providers that work again
 * @returns the resumed messages, as they were before
 */
export async function continueRecovered(
  services: Services,
  providerId: string | null = null,
): Promise<Message[]> {
  const resumed: Message[] = [];
  for (const provider of await findRecovered(services.db, providerId)) {
    await wakeWaiting(services, provider.channelIds);
    resumed.push(...await resumePaused(services, provider));
    await endRecovery(services.db, provider);
  }
  return resumed;
}

/**
 * Resumes the messages that were paused because no provider of their channel was configured. A process calls
 * it at its start for its own channels.
 */
export async function resumeUnconfigured(
  services: Services,
  channels: Iterable<MessageChannel>,
): Promise<void> {
  for (const channel of channels) {
    await resumePaused(services, { channel, id: null, createdAt: null });
  }
}

async function resumePaused(
  services: Services,
  { channel, id, createdAt }: Recovery,
): Promise<Message[]> {
  const resumed: Message[] = [];
  let after = NO_ID;
  let paused: Message[];
  do {
    paused = await services.db.run(PAUSED_FOR, channel, id, createdAt, after, PAGE_SIZE);
    for (const message of paused) {
      if (await continueSending(services, message, false)) resumed.push(message);
    }
    after = paused.at(-1)?.id ?? NO_ID;
  } while (paused.length === PAGE_SIZE);
  return resumed;
}
