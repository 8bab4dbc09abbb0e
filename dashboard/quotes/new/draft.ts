import type { CreateQuoteInput } from "../operations.ts";

/** A new quote as it is typed. */
export interface Draft {
  readonly name: string;
  readonly email: string;
  readonly request: string;
  /** Addresses of images, one per line. */
  readonly imageUrls: string;
}

/** A new quote before anything is typed. */
export const EMPTY_DRAFT: Draft = { name: "", email: "", request: "", imageUrls: "" };

/**
 * Input of the API for a draft.
 *
 * @param idempotencyKey key of the form, so that a repeated click creates no second quote
 */
export function inputOf(draft: Draft, process: boolean, idempotencyKey: string): CreateQuoteInput {
  const { name, email, request, imageUrls } = draft;
  const urls = imageUrls.split("\n").map((url) => url.trim()).filter((url) => url !== "");
  return {
    customer: { name: name.trim(), email: email.trim() },
    request,
    ...(urls.length > 0 && { imageUrls: urls }),
    process,
    idempotencyKey,
  };
}
