import type { Caller } from "../access/access.ts";
import { invalid } from "../errors.ts";
import type { Services } from "../services.ts";
import { type ContentPreview, previewContent, type PreviewInput } from "../templates/preview.ts";
import { getContact } from "./find.ts";

/**
 * Renders a content for a contact; otherwise like `previewContent`.
 *
 * @throws {NotFoundError} for an unknown contact
 * @throws {InvalidInputError} also for a contact together with a recipient or variables
 */
export async function previewForContact(
  services: Services,
  caller: Caller,
  { content, recipient, variables }: PreviewInput,
  contactId: string,
): Promise<ContentPreview> {
  if (recipient || variables) {
    const message = "must not be given together with a recipient or variables";
    throw invalid(["contactId"], "EXCLUSIVE", message);
  }
  const { email, psid, ...contact } = await getContact(services, caller, contactId);
  const address = email ?? psid ?? "";
  return await previewContent(services, caller, {
    content,
    recipient: { address, name: contact.name, variables: contact.variables },
  });
}
