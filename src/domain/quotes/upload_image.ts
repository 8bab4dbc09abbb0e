import { Buffer } from "node:buffer";
import { type Connection, statement } from "../../db/database.ts";
import type { ImageCodec } from "../../images/image_codec.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, invalid, NotFoundError } from "../errors.ts";
import { fromTypeId, newId } from "../id.ts";
import type { Services } from "../services.ts";
import { MAX_IMAGES, type QuoteImage } from "./images.ts";

const TARGET = statement<
  [organizationId: string, quoteId: string],
  { isProcessing: boolean; imageCount: number }
>(
  "quoteImages.target",
  `select status = 'AI_PROCESSING' as "isProcessing",
     (select count(*) from quote_images where quote_id = q.id) as "imageCount"
   from quotes q where organization_id = $1 and id = $2`,
);

const LOCK = statement<[organizationId: string, quoteId: string]>(
  "quoteImages.lockQuote",
  "select from quotes where organization_id = $1 and id = $2 for no key update",
);

const INSERT = statement<
  [id: string, quoteId: string, organizationId: string, content: Uint8Array]
>(
  "quoteImages.insertUpload",
  "insert into quote_images (id, quote_id, organization_id, content) values ($1, $2, $3, $4)",
);

/**
 * Adds an image to a quote, encoded again.
 *
 * @param quoteId TypeID
 * @param readFile reads the file; called only if the quote has room for another image
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} for an unknown quote
 * @throws {ConflictError} ALREADY_RUNNING while the quote is processed, because the model would not see the image
 * @throws {InvalidInputError} for a ninth image, and for a file that is no PNG, JPEG or WebP image or is too large;
 *   the path is `body`
 */
export async function uploadImage(
  services: Services,
  codec: ImageCodec,
  caller: Caller,
  quoteId: string,
  readFile: () => Promise<ArrayBuffer>,
): Promise<QuoteImage> {
  requireAdmin(caller, "add images to quotes");
  const { organizationId } = caller;
  const target = { organizationId, quoteId: fromTypeId("quote", quoteId) };
  await checkTarget(services.db, target, quoteId);
  const encoded = await codec.encode(await readFile());
  if (encoded.type === "fault") throw invalid(["body"], encoded.code, encoded.message);
  const image: QuoteImage = { id: newId(), quoteId: target.quoteId, url: null };
  await services.db.transaction(async (tx) => {
    // The check in the next statement then counts the images of all uploads before this one.
    await tx.run(LOCK, organizationId, target.quoteId);
    await checkTarget(tx, target, quoteId);
    await tx.run(INSERT, image.id, target.quoteId, organizationId, Buffer.from(encoded.file));
  });
  services.bus.publish("quotes", organizationId, [target.quoteId]);
  return image;
}

async function checkTarget(
  db: Connection,
  target: { readonly organizationId: string; readonly quoteId: string },
  typeId: string,
): Promise<void> {
  const [found] = await db.run(TARGET, target.organizationId, target.quoteId);
  if (!found) throw new NotFoundError([typeId]);
  if (found.isProcessing) {
    throw new ConflictError(
      "ALREADY_RUNNING",
      `Cannot add an image to quote ${typeId}: it is being processed; add it afterwards, then process it with force`,
    );
  }
  if (found.imageCount >= MAX_IMAGES) {
    throw invalid(
      ["body"],
      "TOO_MANY",
      `exceeds the limit: a quote has at most ${MAX_IMAGES} images`,
    );
  }
}
