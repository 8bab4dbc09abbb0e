import type { Caller } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import { listDeliveries } from "../deliveries/list.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import type { RecipientInput } from "../recipients.ts";
import type { Services } from "../services.ts";
import type { ContentChoice } from "../templates/use.ts";
import { SAMPLE_UNSUBSCRIBE_URL, UNSUBSCRIBE_URL } from "../templates/unsubscribe_url.ts";
import { DEFAULT_RETRY } from "./input.ts";
import { sendMessage } from "./send.ts";

/** Input of `sendTestMessage`. */
export interface TestMessageInput extends ContentChoice {
  readonly channel: MessageChannel;
  readonly to: RecipientInput;
}

/**
 * Sends a message to one recipient at once, in the transactional lane. Its unsubscribe link is a sample
 * without effect.
 *
 * @returns the delivery, still PENDING
 * @throws {InvalidInputError} as `sendMessage` does; nothing is written then
 * @throws {NotFoundError} for an unknown template
 */
export async function sendTestMessage(
  services: Services,
  caller: Caller,
  { channel, content, templateId, to }: TestMessageInput,
): Promise<Delivery> {
  const variables = { [UNSUBSCRIBE_URL]: SAMPLE_UNSUBSCRIBE_URL, ...to.variables };
  const { message } = await sendMessage(services, caller, {
    title: "Test message",
    channel,
    type: "test",
    lane: "TRANSACTIONAL",
    priority: 0,
    content,
    templateId,
    to: { list: [{ ...to, variables }] },
    retry: DEFAULT_RETRY,
    onUnknown: "HOLD",
    unsubscribable: false,
  }).catch((error) => {
    throw error instanceof InvalidInputError ? forOneRecipient(error) : error;
  });
  const filter = { messageId: message.id };
  const { edges: [first] } = await listDeliveries(services, caller, filter, "CREATED_ASC", {});
  if (!first) throw new Error(`Cannot find the delivery of test message ${message.id}`);
  return first.node;
}

// Changes the paths of issues, because the caller's input has one recipient in place of a list.
function forOneRecipient({ issues }: InvalidInputError): InvalidInputError {
  return new InvalidInputError(issues.map((issue): Issue => {
    const [to, list, , ...field] = issue.path;
    return to === "to" && list === "list" ? { ...issue, path: ["to", ...field] } : issue;
  }));
}
