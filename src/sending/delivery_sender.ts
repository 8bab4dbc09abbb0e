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
import type { Services } from "../domain/services.ts";
import { findSuppressed } from "../domain/suppressions/lookup.ts";
import { openUnsubscribeLinks } from "../domain/suppressions/unsubscribe.ts";
import type { ChannelSlot } from "./provider_pool.ts";

/** Options of sending the deliveries of one batch. */
export interface DeliverySenderOptions {
  readonly channel: ChannelSlot["channel"];
  readonly content: CompiledContent;
  readonly pending: readonly PendingDelivery[];
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  /** URL at which recipients reach this installation, without a trailing slash. */
  readonly publicUrl: string;
}

/**
 * Prepares sending the deliveries of a batch: reads the suppression list and the signing key once.
 * Recipients that are added to the list later are skipped from the next batch on.
 *
 * @returns a function that sends one delivery; it returns failures of providers and templates as results
 */
export async function prepareDeliverySender(
  services: Services,
  batch: TakenBatch,
  { channel, content, pending, urgent, signal, publicUrl }: DeliverySenderOptions,
): Promise<(delivery: PendingDelivery) => Promise<SendResult>> {
  const suppressed = await findSuppressed(services, batch, pending.map(({ address }) => address));
  const linkOf = batch.unsubscribable ? await openUnsubscribeLinks(services.db, publicUrl) : null;
  return async (delivery) => {
    const { id, address, name } = delivery;
    if (suppressed.has(address)) return refused(SUPPRESSED);
    const { organizationId, channel: messageChannel } = batch;
    const unsubscribeUrl = linkOf?.({
      organizationId,
      channel: messageChannel,
      address,
      deliveryId: id,
    });
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
      return refused({ ...PERMANENT, code: "TEMPLATE", message: error.message });
    }
  };
}

const PERMANENT = {
  type: "OTHER",
  disposition: "never",
  retryAfterMs: null,
  beforeRecipient: false,
} as const;

const SUPPRESSED: DeliveryError = {
  ...PERMANENT,
  type: "INVALID_RECIPIENT",
  code: "SUPPRESSED",
  message: "The address is on the suppression list",
};

/** Result of a mail that is refused before any provider is tried. */
function refused(error: DeliveryError): SendResult {
  return { outcome: "failed", provider: null, error };
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
