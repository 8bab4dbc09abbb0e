import { Buffer } from "node:buffer";
import type { ModelInput } from "../../ai/model.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { newId, toTypeId } from "../id.ts";

/** Maximum number of images of a quote, addresses and uploads together. */
export const MAX_IMAGES = 8;

/** Image of a request. */
export interface QuoteImage {
  readonly id: string;
  readonly quoteId: string;
  /** Address of the image; null: it was uploaded. */
  readonly url: string | null;
}

const INSERT = statement<
  [ids: string[], urls: string[], quoteId: string, organizationId: string]
>(
  "quoteImages.insertUrls",
  `insert into quote_images (id, url, quote_id, organization_id)
   select id, url, $3, $4 from unnest($1::uuid[], $2::text[]) as r(id, url)`,
);

const FIND = statement<[quoteIds: string[]], QuoteImage>(
  "quoteImages.find",
  `select id, quote_id as "quoteId", url from quote_images where quote_id = any($1) order by id`,
);

const FIND_BY_ID = statement<[organizationId: string, ids: string[]], QuoteImage>(
  "quoteImages.findById",
  `select id, quote_id as "quoteId", url from quote_images
   where organization_id = $1 and id = any($2)`,
);

const READ = statement<[quoteId: string], { url: string | null; content: Uint8Array | null }>(
  "quoteImages.read",
  "select url, content from quote_images where quote_id = $1 order by id",
);

/** Adds addresses of images to a new quote, in the transaction that writes it. They must have been checked. */
export async function addImageUrls(
  tx: Connection,
  { id, organizationId }: { readonly id: string; readonly organizationId: string },
  urls: readonly string[],
): Promise<void> {
  if (urls.length > 0) await tx.run(INSERT, urls.map(newId), [...urls], id, organizationId);
}

/** Finds the images of quotes, in the order in which they were added. The caller must check access. */
export function findImages(
  { db }: { readonly db: Connection },
  quoteIds: readonly string[],
): Promise<QuoteImage[]> {
  return db.run(FIND, [...quoteIds]);
}

/** Finds images of the caller's organization by id, in any order. */
export function imagesById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<QuoteImage[]> {
  return db.run(FIND_BY_ID, organizationId, [...ids]);
}

/** URL of an image, or path of an uploaded one on this server. */
export function addressOf({ id, quoteId, url }: QuoteImage): string {
  return url ?? `/quotes/${toTypeId("quote", quoteId)}/images/${toTypeId("quoteImage", id)}`;
}

/**
 * Reads the images of a quote for the model: URLs, which only the model server fetches, and uploaded images as data
 * URLs, because reading them requires an API key.
 */
export async function imagesOf(
  { db }: { readonly db: Connection },
  { id }: { readonly id: string },
): Promise<ModelInput[]> {
  const images = await db.run(READ, id);
  return images.map(({ url, content }) => ({
    type: "image",
    url: url ?? `data:image/jpeg;base64,${Buffer.from(content ?? []).toString("base64")}`,
  }));
}
