import type { DeliveryError, SendResult } from "../channels/channel.ts";
import type { PendingDelivery } from "../domain/deliveries/delivery.ts";
import type { TakenBatch } from "../domain/deliveries/take.ts";
import { toTypeId } from "../domain/id.ts";
import {
  type CompiledContent,
  render,
  type RenderedContent,
  TemplateError,
  UNSUBSCRIBE_URL,
} from "../domain/templates/template.ts";
import { CHANNEL_RULES } from "../domain/channel_rules/channel_rules.ts";
import type { Services } from "../domain/services.ts";
import { suppressedAmong } from "../domain/suppressions/operations.ts";
import { openUnsubscribeLinks } from "../domain/suppressions/unsubscribe.ts";
import type { Outlet } from "./channel_slot.ts";

/** What the deliveries of one batch are sent with. */
export interface SenderOptions {
  readonly channel: Outlet["channel"];
  readonly content: CompiledContent;
  readonly pending: readonly PendingDelivery[];
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  /** Where recipients reach us, without a slash at its end. */
  readonly publicUrl: string;
}

/**
 * What sends one delivery of a batch. Who is on the suppression list now is not sent to; whoever comes
 * onto it later is left out from the next batch on.
 */
export async function openSender(
  services: Services,
  batch: TakenBatch,
  { channel, content, pending, urgent, signal, publicUrl }: SenderOptions,
): Promise<(delivery: PendingDelivery) => Promise<SendResult>> {
  const suppressed = await suppressedAmong(services, batch, pending.map(({ address }) => address));
  const { normalizeAddress } = CHANNEL_RULES[batch.channel];
  const linkOf = batch.unsubscribable ? await openUnsubscribeLinks(services.db, publicUrl) : null;
  return async (delivery) => {
    const { id, address, name } = delivery;
    if (suppressed.has(normalizeAddress(address))) return failed(null, SUPPRESSED);
    const { organizationId, channel: by } = batch;
    const unsubscribeUrl = linkOf?.({ organizationId, channel: by, address, deliveryId: id });
    const mail = {
      deliveryId: toTypeId("delivery", id),
      to: { address, name },
      ...unsubscribeUrl !== undefined && { unsubscribeUrl },
    };
    try {
      const rendered = renderFor(content, delivery, unsubscribeUrl);
      return await channel.send({ ...mail, ...rendered }, { urgent, signal });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return failed(null, { ...FOR_GOOD, code: "TEMPLATE", message: error.message });
    }
  };
}

const FOR_GOOD = {
  type: "OTHER",
  disposition: "never",
  retryAfterMs: null,
  beforeRecipient: false,
} as const;

const SUPPRESSED: DeliveryError = {
  ...FOR_GOOD,
  type: "INVALID_RECIPIENT",
  code: "SUPPRESSED",
  message: "The address is on the suppression list",
};

function failed(provider: string | null, error: DeliveryError): SendResult {
  return { outcome: "failed", provider, error };
}

function renderFor(
  content: CompiledContent,
  delivery: PendingDelivery,
  unsubscribeUrl: string | undefined,
): RenderedContent {
  if (unsubscribeUrl === undefined) return render(content, delivery);
  const variables = { ...delivery.variables, [UNSUBSCRIBE_URL]: unsubscribeUrl };
  return render(content, { ...delivery, variables });
}
