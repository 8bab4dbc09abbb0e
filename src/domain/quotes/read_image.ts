import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { fromTypeId } from "../id.ts";
import type { Services } from "../services.ts";

const READ = statement<
  [organizationId: string, quoteId: string, imageId: string],
  { content: Uint8Array<ArrayBuffer> }
>(
  "quoteImages.show",
  `select content from quote_images
   where id = $3 and quote_id = $2 and organization_id = $1 and content is not null`,
);

/**
 * Reads an uploaded image of a quote of the caller's organization.
 *
 * @param quoteId TypeID
 * @param imageId TypeID
 * @returns a JPEG image
 * @throws {NotFoundError} for an unknown quote or image, and for an image that was not uploaded
 */
export async function readUploadedImage(
  { db }: Services,
  { organizationId }: Caller,
  quoteId: string,
  imageId: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const ids = [fromTypeId("quote", quoteId), fromTypeId("quoteImage", imageId)] as const;
  const [image] = await db.run(READ, organizationId, ...ids);
  if (!image) throw new NotFoundError([imageId]);
  return image.content;
}
