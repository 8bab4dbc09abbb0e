import { GraphQLError } from "graphql";
import type { Caller } from "../domain/access/access.ts";
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from "../domain/errors.ts";
import { toTypeId } from "../domain/id.ts";
import { addressOf } from "../domain/quotes/images.ts";
import { readUploadedImage } from "../domain/quotes/read_image.ts";
import { uploadImage } from "../domain/quotes/upload_image.ts";
import type { Services } from "../domain/services.ts";
import type { ImageCodec } from "../images/image_codec.ts";
import { BodyTooLargeError, readBody } from "./body.ts";
import { BodyTimeoutError } from "./body_deadline.ts";
import {
  errorResponse,
  failureResponse,
  retryAfter,
  toClientError,
  UNAVAILABLE,
} from "./errors.ts";

const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
// One image is decoded at a time, and each upload that waits for its turn holds its file in memory.
const MAX_UPLOADS = 16;
const BUSY_MS = 5_000;

// Another user of a shared browser must not find the image in its cache.
const IMAGE_HEADERS = {
  "content-type": "image/jpeg",
  "cache-control": "no-store",
  "content-security-policy": "sandbox; default-src 'none'",
  "x-content-type-options": "nosniff",
};

/** Handlers of the images of quotes. */
export interface QuoteImages {
  /**
   * Handles `POST /quotes/<id>/images`: adds the image in the body to a quote, for ADMINs. It is recognized by
   * its content (PNG, JPEG, WebP), whatever the headers say.
   *
   * @returns 201 with `{ id, url, uploaded }`; 400 with `errors` for a file that is no image or has too many pixels,
   *   and for a ninth image; 403 for a MEMBER; 404 for an unknown quote; 408 if the body does not arrive; 409 while
   *   the quote is processed; 413 above 5 MB; 503 while too many uploads are under way
   */
  add(request: Request, caller: Caller, quoteId: string): Promise<Response>;
  /**
   * Handles `GET /quotes/<id>/images/<id>`: an uploaded image.
   *
   * @returns 200 with a JPEG image; 404 for an unknown image, and for one that was not uploaded
   */
  show(caller: Caller, quoteId: string, imageId: string): Promise<Response>;
}

/** Creates the handlers of the images of quotes. */
export function createQuoteImages(services: Services, codec: ImageCodec): QuoteImages {
  let uploads = 0;
  return {
    async add(request, caller, quoteId) {
      if (uploads >= MAX_UPLOADS) return busy();
      uploads++;
      try {
        const readFile = () => readBody(request, MAX_IMAGE_BYTES);
        const image = await uploadImage(services, codec, caller, quoteId, readFile);
        const url = addressOf(image);
        const answer = { id: toTypeId("quoteImage", image.id), url, uploaded: true };
        return Response.json(answer, { status: 201, headers: { location: url } });
      } catch (error) {
        return failure(error);
      } finally {
        uploads--;
      }
    },
    async show(caller, quoteId, imageId) {
      try {
        const content = await readUploadedImage(services, caller, quoteId, imageId);
        return new Response(content, { headers: IMAGE_HEADERS });
      } catch (error) {
        return failure(error);
      }
    },
  };
}

function busy(): Response {
  const message = "Cannot store the image: too many uploads are under way; repeat the request";
  const error = new GraphQLError(message, {
    extensions: { code: UNAVAILABLE, retryAfterMs: BUSY_MS },
  });
  return errorResponse(503, error, retryAfter(error));
}

function failure(error: unknown): Response {
  if (error instanceof BodyTooLargeError) return errorResponse(413, error);
  if (error instanceof BodyTimeoutError) return errorResponse(408, error);
  if (error instanceof InvalidInputError) return errorResponse(400, toClientError(error));
  if (error instanceof ForbiddenError) return errorResponse(403, toClientError(error));
  if (error instanceof NotFoundError) return errorResponse(404, toClientError(error));
  if (error instanceof ConflictError) return errorResponse(409, toClientError(error));
  return failureResponse(error);
}
