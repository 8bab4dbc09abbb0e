import type { Delivery } from "../deliveries/delivery.ts";
import { type RenderedContent, TemplateError } from "../rendering.ts";
import type { Services } from "../services.ts";
import { renderingOf } from "../templates/main_thread.ts";
import { UNSUBSCRIBE_URL } from "../templates/unsubscribe_url.ts";
import { findMessage } from "./find.ts";

/**
 * Renders the content of a delivery for its recipient.
 *
 * @returns null if it cannot be rendered, for example because a variable is missing
 */
export async function renderDelivery(
  services: Services,
  delivery: Delivery,
): Promise<RenderedContent | null> {
  const message = await findMessage(services.db, delivery.organizationId, delivery.messageId);
  if (!message) return null;
  // A placeholder, because a viewer of the content must not unsubscribe the recipient.
  const variables = { ...delivery.variables, [UNSUBSCRIBE_URL]: `{{ ${UNSUBSCRIBE_URL} }}` };
  const { organizationId, address, name } = delivery;
  const values = {
    address,
    name,
    variables: message.unsubscribable ? variables : delivery.variables,
  };
  try {
    return await renderingOf(services).render({ organizationId }, message, values);
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}
