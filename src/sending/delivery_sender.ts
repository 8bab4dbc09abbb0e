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

/** How the deliveries of one batch are sent. */
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
 * @returns sends one delivery; does not throw for anything that a provider or a template does
 */
export async function openDeliverySender(
  services: Services,
  batch: TakenBatch,
  { channel, content, pending, urgent, signal, publicUrl }: DeliverySenderOptions,
): Promise<(delivery: PendingDelivery) => Promise<SendResult>> {
  const suppressed = await findSuppressed(services, batch, pending.map(({ address }) => address));
  const linkOf = batch.unsubscribable ? await openUnsubscribeLinks(services.db, publicUrl) : null;
  return async (delivery) => {
    const { id, address, name } = delivery;
    if (suppressed.has(address)) return refused(SUPPRESSED);
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
      return refused({ ...FINAL, code: "TEMPLATE", message: error.message });
    }
  };
}

const FINAL = {
  type: "OTHER",
  disposition: "never",
  retryAfterMs: null,
  beforeRecipient: false,
} as const;

const SUPPRESSED: DeliveryError = {
  ...FINAL,
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
