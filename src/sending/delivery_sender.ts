import { getLogger } from "@logtape/logtape";
import { ABORTED_RESULT, type SendResult } from "../channels/channel.ts";
import type { PendingDelivery } from "../domain/deliveries/delivery.ts";
import type { DeliveryResult } from "../domain/deliveries/outcome.ts";
import type { TakenBatch } from "../domain/deliveries/take.ts";
import { toTypeId } from "../domain/id.ts";
import { recordLateReply } from "../domain/messages/late_reply.ts";
import { type RenderingValues, TemplateError } from "../domain/rendering.ts";
import type { Services } from "../domain/services.ts";
import type { SuppressedAddresses } from "../domain/suppressions/lookup.ts";
import { openUnsubscribeLinks } from "../domain/suppressions/unsubscribe.ts";
import { renderingOf } from "../domain/templates/main_thread.ts";
import { UNSUBSCRIBE_URL } from "../domain/templates/unsubscribe_url.ts";
import type { MessageContent } from "./content_cache.ts";
import type { ChannelSlot } from "./provider_pool.ts";

const log = getLogger(["waybill", "deliveries"]);

/** Options of sending the deliveries of one batch. */
export interface DeliverySenderOptions extends MessageContent {
  readonly channel: ChannelSlot["channel"];
  /** Recipients that must not receive the message. They are looked up while the first step is recorded. */
  readonly suppressed: Promise<SuppressedAddresses>;
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  /** URL at which recipients reach this installation, without a trailing slash. */
  readonly publicUrl: string;
}

/**
 * Prepares sending the deliveries of a batch: reads the signing key once. Recipients that are added to the
 * suppression list after it was read are suppressed from the next batch on.
 *
 * @returns a function that sends one delivery; it returns failures of providers and templates as results,
 *   and holds a delivery whose rendering has not ended when the signal fires
 */
export async function prepareDeliverySender(
  services: Services,
  batch: TakenBatch,
  { channel, content, headers, suppressed, urgent, signal, publicUrl }: DeliverySenderOptions,
): Promise<(delivery: PendingDelivery) => Promise<DeliveryResult>> {
  const rendering = renderingOf(services);
  const aborted = abortOf(signal);
  const reasons = suppressed.catch(unlisted);
  const linkOf = batch.unsubscribable ? await openUnsubscribeLinks(services.db, publicUrl) : null;
  // Recipients unsubscribe from all unsubscribable messages of the organization, which is the list.
  const listId = toTypeId("organization", batch.organizationId);
  return async (delivery) => {
    const { id, address, name } = delivery;
    const listed = await reasons;
    if (listed === null) return ABORTED_RESULT;
    const reason = listed.get(address);
    if (reason) return { outcome: "suppressed", reason };
    const { organizationId, messageId, channel: messageChannel } = batch;
    const unsubscribeUrl = linkOf?.({
      organizationId,
      channel: messageChannel,
      address,
      deliveryId: id,
    });
    const mail = {
      deliveryId: toTypeId("delivery", id),
      to: { address, name },
      ...headers,
      ...unsubscribeUrl !== undefined && { unsubscribeUrl, listId },
    };
    const values = valuesOf(delivery, unsubscribeUrl);
    const rendered = await Promise.race([
      rendering.render({ organizationId, messageId }, content, values).catch(unrendered),
      aborted,
    ]);
    if ("outcome" in rendered) return rendered;
    const result = await channel.send({ ...mail, ...rendered }, { urgent, signal });
    // Not awaited, because the batch continues meanwhile.
    if (result.outcome === "failed" && result.later) recordLateReply(services, id, result.later);
    return result;
  };
}

/** Resolves when the signal fires: a delivery that still waits to be rendered stays PENDING. */
function abortOf(signal: AbortSignal): Promise<SendResult> {
  const { promise, resolve } = Promise.withResolvers<SendResult>();
  if (signal.aborted) resolve(ABORTED_RESULT);
  signal.addEventListener("abort", () => resolve(ABORTED_RESULT), { once: true });
  return promise;
}

function unlisted(error: unknown): null {
  log.error("Cannot read the suppression list; the deliveries of a batch stay PENDING", { error });
  return null;
}

/** Result of a delivery that could not be rendered. Nothing was sent, so that it is not UNKNOWN. */
function unrendered(error: unknown): SendResult {
  if (error instanceof TemplateError) return unrenderable(error);
  log.error("Cannot render deliveries; they stay PENDING", { error });
  return ABORTED_RESULT;
}

/** Result of a mail whose templates cannot be rendered: no provider is tried. */
function unrenderable({ message }: TemplateError): SendResult {
  const error = {
    type: "OTHER",
    disposition: "never",
    code: "TEMPLATE",
    message,
    retryAfterMs: null,
    beforeRecipient: false,
  } as const;
  return { outcome: "failed", provider: null, error };
}

function valuesOf(
  { address, name, variables }: PendingDelivery,
  unsubscribeUrl: string | undefined,
): RenderingValues {
  if (unsubscribeUrl === undefined) return { address, name, variables };
  return { address, name, variables: { ...variables, [UNSUBSCRIBE_URL]: unsubscribeUrl } };
}
