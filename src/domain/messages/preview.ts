import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import { findProviders } from "../providers/find.ts";
import type { Provider } from "../providers/provider.ts";
import type { Services } from "../services.ts";
import { findAllSuppressed } from "../suppressions/lookup.ts";
import { type CheckedInput, checkInput, type SendMessageInput } from "./input.ts";

/** Effect that a message would have if it were sent now. */
export interface MessagePreview {
  /** Number of recipients with different addresses, including the suppressed ones. */
  readonly recipientCount: number;
  /** Number of recipients that would be left out, because their address occurs earlier in the list. */
  readonly duplicateCount: number;
  /** Number of recipients that the message would not be sent to. */
  readonly suppressedCount: number;
  /** Number of selected contacts without an address on the channel; null: it is not sent to contacts. */
  readonly withoutAddressCount: number | null;
  /** Names of the enabled providers of its channel, in order of preference. */
  readonly providers: readonly string[];
  /** Whether mail is written to files, because no provider is configured. */
  readonly captured: boolean;
  /** Time that the limit of the first provider requires at least, in ms; null: it has none. */
  readonly minDurationMs: number | null;
}

// By the index of the addresses of the organization's list; addresses outside ASCII may be normalized
// further when the message is sent.
const COUNT_SUPPRESSED = statement<
  [organizationId: string, audienceId: string, channel: MessageChannel, unsubscribable: boolean],
  { count: number }
>(
  "messages.countSuppressed",
  `select count(*)::int as count from audience_recipients r
   where audience_id = $2 and organization_id = $1 and exists (
     select from suppressions s
     where s.organization_id = $1 and s.address = lower(r.address) and s.channel = $3
       and (s.reason <> 'UNSUBSCRIBED' or $4))`,
);

/**
 * Checks the input of `sendMessage`, and counts its recipients. Writes nothing.
 *
 * @throws {InvalidInputError} with every fault found, as `sendMessage`
 * @throws {NotFoundError} for an audience that the caller may not see, and for unknown contacts and templates
 */
export async function previewMessage(
  services: Services,
  caller: Caller,
  input: SendMessageInput,
): Promise<MessagePreview> {
  const checked = await checkInput(services, caller, input);
  const { audience, contacts, recipients } = checked;
  const selected = contacts?.selection ? contacts : audience;
  const recipientCount = selected?.recipientCount ?? recipients.length;
  const suppressedCount = await countSuppressed(services, caller, input, checked);
  const providers = await providersOf(services, input.channel);
  const limit = providers[0]?.perSecond ?? null;
  return {
    recipientCount,
    duplicateCount: checked.duplicates,
    suppressedCount,
    withoutAddressCount: contacts?.withoutAddressCount ?? null,
    providers: providers.map(({ name }) => name),
    captured: input.channel === "EMAIL" && services.settings?.mailCaptured === true,
    minDurationMs: limit === null ? null : ((recipientCount - suppressedCount) / limit) * 1_000,
  };
}

async function countSuppressed(
  services: Services,
  { organizationId }: Caller,
  { channel, unsubscribable }: SendMessageInput,
  { audience, recipients }: CheckedInput,
): Promise<number> {
  if (audience) {
    const [row] = await services.db.run(
      COUNT_SUPPRESSED,
      organizationId,
      audience.id,
      channel,
      unsubscribable,
    );
    return row?.count ?? 0;
  }
  const message = { organizationId, channel, unsubscribable };
  const addresses = recipients.map(({ address }) => address);
  const [suppressed] = await findAllSuppressed(services, [{ message, addresses }]);
  return suppressed?.size ?? 0;
}

async function providersOf(
  { db, settings }: Services,
  channel: MessageChannel,
): Promise<readonly Provider[]> {
  const ids = settings?.providerIds ?? [];
  const found = new Map((await findProviders(db, ids)).map((provider) => [provider.id, provider]));
  return ids.flatMap((id) => found.get(id) ?? [])
    .filter((provider) => provider.channel === channel && provider.enabled);
}
