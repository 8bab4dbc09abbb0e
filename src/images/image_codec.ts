import { Worker } from "node:worker_threads";
import { type ImageHeader, readHeader } from "./header.ts";
import type { ImageTask, ImageTaskResult } from "./image_worker.ts";

/** Limits of decoding. */
export interface ImageLimits {
  /** Largest number of pixels of an image that is decoded. */
  readonly maxPixels: number;
  /** Limit of the longer side of the new image, in pixels. */
  readonly maxSide: number;
  /** Time to decode and encode an image, in milliseconds. */
  readonly timeLimitMs: number;
}

/** Encodes images again, so that they are small, and hold nothing but pixels. */
export interface ImageCodec {
  /** @param file handed over to another thread, so that it is empty afterwards */
  encode(file: ArrayBuffer): Promise<EncodedImage>;
}

/** Result of encoding an image again; a fault continues a sentence that begins with a path. */
export type EncodedImage =
  | {
    readonly type: "image";
    /** JPEG without metadata, turned upright. */
    readonly file: ArrayBuffer;
    readonly width: number;
    readonly height: number;
  }
  | { readonly type: "fault"; readonly code: "MALFORMED" | "TOO_LARGE"; readonly message: string };

/**
 * Default limits. 25 megapixels is what phones save by default, and takes about 360 MB of memory while it is decoded.
 * OpenAI shrinks images to 2,048 pixels before its models see them.
 */
const LIMITS: ImageLimits = { maxPixels: 25_000_000, maxSide: 2_048, timeLimitMs: 15_000 };

/**
 * Creates a codec that decodes one image at a time, each on a thread of its own: the memory of WebAssembly never
 * shrinks, and a thread that takes too long can be ended.
 */
export function createImageCodec(limits: ImageLimits = LIMITS): ImageCodec {
  let last: Promise<unknown> = Promise.resolve();
  return {
    encode(file) {
      const header = readHeader(new Uint8Array(file));
      if (!header || header.width === 0 || header.height === 0) return Promise.resolve(MALFORMED);
      if (header.width * header.height > limits.maxPixels) {
        return Promise.resolve(tooManyPixels(header, limits));
      }
      const task = { type: header.type, file, maxSide: limits.maxSide };
      const encoding = last.then(() => encodeOnThread(task, limits.timeLimitMs));
      last = encoding.catch(() => {});
      return encoding;
    },
  };
}

const MALFORMED: EncodedImage = {
  type: "fault",
  code: "MALFORMED",
  message: "is no PNG, JPEG or WebP image, or is damaged or incomplete",
};

function tooManyPixels({ width, height }: ImageHeader, { maxPixels }: ImageLimits): EncodedImage {
  return tooLarge(
    `has ${width} × ${height} pixels; at most ${maxPixels / 1_000_000} megapixels are allowed`,
  );
}

function tooLarge(message: string): EncodedImage {
  return { type: "fault", code: "TOO_LARGE", message };
}

async function encodeOnThread(task: ImageTask, timeLimitMs: number): Promise<EncodedImage> {
  const { promise, resolve, reject } = Promise.withResolvers<EncodedImage>();
  const worker = new Worker(new URL("./image_worker.ts", import.meta.url));
  const timer = setTimeout(
    () => resolve(tooLarge(`takes longer than ${timeLimitMs / 1_000} s to decode`)),
    timeLimitMs,
  );
  worker.on(
    "message",
    (result: ImageTaskResult) => resolve(result ? { type: "image", ...result } : MALFORMED),
  );
  worker.on("error", reject);
  worker.postMessage(task, [task.file]);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
