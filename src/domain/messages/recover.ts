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

/** Providers of a channel. */
export interface ChannelProviders {
  readonly channel: MessageChannel;
  readonly providerIds: readonly string[];
}

const PAUSED_FOR = statement<
  [channel: MessageChannel, providerIds: string[], afterId: string, limit: number],
  Message
>(
  "messages.pausedFor",
  `select ${COLUMNS} from messages
   where status = 'PAUSED' and id > $3 and channel = $1 and pause_provider_ids && $2
   order by id limit $4`,
);

// Also finds those that were paused because their channel was not configured, which have no providers, and
// those whose stored credentials a process could not decrypt.
const PAUSED_WITHOUT = statement<
  [channel: MessageChannel, providerIds: string[], afterId: string, limit: number],
  Message
>(
  "messages.pausedWithout",
  `select ${COLUMNS} from messages
   where status = 'PAUSED' and id > $3 and channel = $1 and pause_provider_ids is not null
     and (pause_code = 'SEALED' or not pause_provider_ids @> $2)
   order by id limit $4`,
);

/**
 * Continues what waits for providers that work again, in all organizations: jobs that wait for a provider of
 * the channel or for the language model, and messages that were paused because of the provider. A message that a person has paused
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
    const { channel, id } = provider;
    if (channel) {
      resumed.push(...await resumePaused(services, PAUSED_FOR, { channel, providerIds: [id] }));
    }
    await endRecovery(services.db, provider);
  }
  return resumed;
}

/**
 * Resumes the messages that were paused by processes with other settings: their channel was not configured,
 * one of these providers was missing, or SECRET_KEY was another one. A process calls it at its start with
 * its own providers.
 */
export async function resumeForNewProviders(
  services: Services,
  channels: readonly ChannelProviders[],
): Promise<void> {
  for (const channel of channels) await resumePaused(services, PAUSED_WITHOUT, channel);
}

async function resumePaused(
  services: Services,
  find: typeof PAUSED_FOR,
  { channel, providerIds }: ChannelProviders,
): Promise<Message[]> {
  const resumed: Message[] = [];
  let after = NO_ID;
  let paused: Message[];
  do {
    paused = await services.db.run(find, channel, [...providerIds], after, PAGE_SIZE);
    for (const message of paused) {
      if (await continueSending(services, message, false)) resumed.push(message);
    }
    after = paused.at(-1)?.id ?? NO_ID;
  } while (paused.length === PAGE_SIZE);
  return resumed;
}
