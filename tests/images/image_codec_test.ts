import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { decode } from "@jsquash/jpeg";
import { createImageCodec, type EncodedImage } from "../../src/images/image_codec.ts";
import { halves, jpeg, png, webp, withOrientation } from "../support/images.ts";

const LIMITS = { maxPixels: 1_000_000, maxSide: 100, timeLimitMs: 15_000 };
const codec = createImageCodec(LIMITS);

Deno.test("PNG, JPEG and WebP become small JPEG images", async () => {
  for (const encode of [png, jpeg, webp]) {
    const image = imageIn(await codec.encode(await encode(halves(300, 150))));
    deepStrictEqual([image.width, image.height], [100, 50]);
    const { width, height, data } = await decode(image.file);
    deepStrictEqual([width, height], [100, 50]);
    deepStrictEqual([colorAt(data, 0), colorAt(data, 99)], ["red", "blue"]);
  }
});

Deno.test("a small image keeps its size", async () => {
  const { width, height } = imageIn(await codec.encode(await png(halves(40, 20))));
  deepStrictEqual([width, height], [40, 20]);
});

Deno.test("transparent pixels become white", async () => {
  const { file } = imageIn(await codec.encode(await png(halves(300, 150, 0))));
  const { data } = await decode(file);
  deepStrictEqual([colorAt(data, 0), colorAt(data, 99)], ["red", "white"]);
});

Deno.test("a photo is turned upright, and loses its EXIF data", async () => {
  const photo = withOrientation(await jpeg(halves(80, 40)), 6);
  const { file, width, height } = imageIn(await codec.encode(photo));
  deepStrictEqual([width, height], [40, 80]);
  const { data } = await decode(file);
  deepStrictEqual([colorAt(data, 0), colorAt(data, 79 * 40)], ["red", "blue"]);
  strictEqual(new TextDecoder("latin1").decode(file).includes("Exif"), false);
});

Deno.test("files that are no images are malformed", async () => {
  const files = ["", "%PDF-1.7", "<svg/>", "GIF89a", "\xff\xd8\xff", "RIFF....WEBP"];
  for (const file of files) {
    const { code } = faultIn(await codec.encode(latin1(file)));
    strictEqual(code, "MALFORMED", file);
  }
});

Deno.test("a file that is cut off is malformed", async () => {
  for (const encode of [png, jpeg, webp]) {
    const file = await encode(halves(300, 150));
    for (const length of [file.byteLength >> 1, 40]) {
      const fault = faultIn(await codec.encode(file.slice(0, length)));
      strictEqual(fault.code, "MALFORMED", `${encode.name}, ${length} of ${file.byteLength} bytes`);
    }
  }
});

Deno.test("an image with too many pixels is refused", async () => {
  for (const encode of [png, jpeg, webp]) {
    const { code, message } = faultIn(await codec.encode(await encode(halves(1_001, 1_000))));
    deepStrictEqual(
      [code, message],
      ["TOO_LARGE", "has 1001 × 1000 pixels; at most 1 megapixels are allowed"],
      encode.name,
    );
  }
});

Deno.test("a small file that expands to 60,000 × 60,000 pixels is refused by its header", async () => {
  const bomb = await png(halves(1, 1));
  new DataView(bomb).setUint32(16, 60_000);
  new DataView(bomb).setUint32(20, 60_000);
  strictEqual(faultIn(await codec.encode(bomb)).code, "TOO_LARGE");
});

Deno.test("a JPEG with two sizes is refused, whichever the decoder reads", async () => {
  const file = new Uint8Array(await jpeg(halves(8, 8)));
  // The length of a restart marker is read by parsers that only look for a size, but not by the decoder.
  const hidden = new Uint8Array([...file.subarray(0, 2), 0xff, 0xd0, ...file.subarray(2)]);
  strictEqual(faultIn(await codec.encode(hidden.buffer)).code, "MALFORMED");
});

Deno.test("a thread that takes too long is ended, and the queue continues", async () => {
  const impatient = createImageCodec({ ...LIMITS, maxPixels: 25_000_000, timeLimitMs: 200 });
  const slow = impatient.encode(await png(halves(5_000, 5_000)));
  const next = impatient.encode(await png(halves(8, 8)));
  const { code, message } = faultIn(await slow);
  deepStrictEqual([code, message], ["TOO_LARGE", "takes longer than 0.2 s to decode"]);
  // Fails by its time limit, too, if the machine is busy.
  await next;
});

function imageIn(encoded: EncodedImage): EncodedImage & { type: "image" } {
  if (encoded.type === "fault") throw new Error(encoded.message);
  return encoded;
}

function faultIn(encoded: EncodedImage): EncodedImage & { type: "fault" } {
  if (encoded.type === "image") throw new Error("The image was encoded");
  return encoded;
}

function latin1(text: string): ArrayBuffer {
  return Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer;
}

/** Nearest of red, blue and white. */
function colorAt(data: ImageDataArray, pixel: number): string {
  const [red = 0, green = 0, blue = 0] = data.slice(4 * pixel, 4 * pixel + 3);
  if (green > 128) return "white";
  return red > blue ? "red" : "blue";
}

const PROGRAM = fileURLToPath(new URL("../support/programs/encode_images.ts", import.meta.url));

Deno.test("threads that end on a busy machine do not end the process", async () => {
  const path = await Deno.makeTempFile({ suffix: ".png" });
  await Deno.writeFile(path, new Uint8Array(await png(halves(300, 150))));
  const busy = Array.from(
    { length: 2 * navigator.hardwareConcurrency },
    () => new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn(),
  );
  try {
    const args = ["run", "--quiet", "-RW", "--no-check", PROGRAM, path];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    deepStrictEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
  } finally {
    for (const process of busy) process.kill("SIGKILL");
    await Promise.all(busy.map(({ status }) => status));
    await Deno.remove(path);
  }
});
