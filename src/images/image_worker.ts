import { locks, parentPort } from "node:worker_threads";
import decodeJpeg, { init as initJpegDecoder } from "@jsquash/jpeg/decode.js";
import encodeJpeg, { init as initJpegEncoder } from "@jsquash/jpeg/encode.js";
import decodePng, { init as initPngDecoder } from "@jsquash/png/decode.js";
import decodeWebp, { init as initWebpDecoder } from "@jsquash/webp/decode.js";
import type { ImageHeader, ImageType } from "./header.ts";
import { shrink } from "./shrink.ts";

/**
 * Message to the thread: an image to decode and to encode again. Messages hold buffers, because Deno takes seconds
 * to transfer a view of some megabytes.
 */
export interface ImageTask extends Pick<ImageHeader, "type"> {
  readonly file: ArrayBuffer;
  /** Limit of the longer side in pixels. */
  readonly maxSide: number;
}

/** Answer of the thread: the image as JPEG; null if it cannot be decoded. */
export type ImageTaskResult =
  | { readonly file: ArrayBuffer; readonly width: number; readonly height: number }
  | null;

// The artefacts of this quality are not visible to a model, and a photo of 2,048 pixels has about 400 KB.
const QUALITY = 80;

const DECODERS: Readonly<Record<ImageType, (file: ArrayBuffer) => Promise<ImageData>>> = {
  async JPEG(file) {
    await initJpegDecoder(codecOptions("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"));
    // Turns the pixels as EXIF says, because the new image has no EXIF data.
    return await decodeJpeg(file, { preserveOrientation: true });
  },
  async PNG(file) {
    await initPngDecoder(compile("@jsquash/png/codec/pkg/squoosh_png_bg.wasm"));
    return await decodePng(file);
  },
  async WEBP(file) {
    await initWebpDecoder(codecOptions("@jsquash/webp/codec/dec/webp_dec.wasm"));
    return await decodeWebp(file);
  },
};

// The codecs would compile their modules from streams, and V8 aborts the process if such a thread ends before the
// functions of a module have been validated in the background.
function compile(path: string): WebAssembly.Module {
  return new WebAssembly.Module(Deno.readFileSync(new URL(import.meta.resolve(path))));
}

/** Options of a codec made by Emscripten. */
function codecOptions(path: string) {
  return {
    noInitialRun: true,
    // The decoder would print to the console what is wrong with a file.
    printErr() {},
    instantiateWasm(
      imports: WebAssembly.Imports,
      onInstance: (instance: WebAssembly.Instance) => void,
    ): WebAssembly.Exports {
      const instance = new WebAssembly.Instance(compile(path), imports);
      onInstance(instance);
      return instance.exports;
    },
  };
}

// Deno interrupts a busy thread only if the thread holds a Web Lock.
const held = Promise.withResolvers<void>();
locks.request(crypto.randomUUID(), () => {
  held.resolve();
  return new Promise(() => {});
});
await held.promise;
parentPort?.on("message", async (task: ImageTask) => parentPort?.postMessage(await run(task)));

async function run({ type, file, maxSide }: ImageTask): Promise<ImageTaskResult> {
  // Each decoder fails in its own way, some with numbers and objects instead of errors.
  const decoded = await DECODERS[type](file).catch(() => null);
  if (!decoded) return null;
  const shrunk = shrink(decoded, maxSide);
  await initJpegEncoder(codecOptions("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));
  const encoded = await encodeJpeg(shrunk, { quality: QUALITY });
  return { file: encoded, width: shrunk.width, height: shrunk.height };
}
