import { Buffer } from "node:buffer";

/** Type and size of an image, as its header states them. */
export interface ImageHeader {
  readonly type: ImageType;
  /** Width in pixels, before the rotation that EXIF may ask for. */
  readonly width: number;
  /** Height in pixels, before the rotation that EXIF may ask for. */
  readonly height: number;
}

/** Types of images that can be decoded. */
export type ImageType = "JPEG" | "PNG" | "WEBP";

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];
// Baseline, extended and progressive DCT. The other ones are lossless, hierarchical or arithmetic.
const JPEG_FRAMES = [0xc0, 0xc1, 0xc2];
// Tables, application data and comments: the segments that may stand before the frame.
const JPEG_TABLES = [0xc4, 0xdb, 0xdd];
const JPEG_FIRST_APPLICATION = 0xe0;
const JPEG_COMMENT = 0xfe;
const JPEG_END = Buffer.from([0xff, 0xd9]);

/**
 * Reads the header of a PNG (ISO/IEC 15948), JPEG (ITU-T T.81) or WebP (RFC 9649) image, which is recognized by its
 * first bytes.
 *
 * The size is read where the decoders read it, and everything that a decoder might read otherwise is refused. A
 * parser that only looks for a size would believe a small one that a file shows it, while the decoder allocates
 * memory for another.
 *
 * @returns null if the bytes are none of these, or the header is malformed, or the end of the header or of a JPEG
 *   image is missing
 */
export function readHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (startsWith(bytes, PNG_SIGNATURE)) return pngHeader(view);
    if (startsWith(bytes, JPEG_SIGNATURE)) return jpegHeader(view);
    if (textAt(view, 0) === "RIFF" && textAt(view, 8) === "WEBP") return webpHeader(view);
    return null;
  } catch (error) {
    // The header ends early.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

function pngHeader(view: DataView): ImageHeader | null {
  if (textAt(view, 12) !== "IHDR") return null;
  return { type: "PNG", width: view.getUint32(16), height: view.getUint32(20) };
}

function jpegHeader(view: DataView): ImageHeader | null {
  for (let at = 2;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (JPEG_FRAMES.includes(marker)) {
      if (!hasJpegEnd(view, at)) return null;
      return { type: "JPEG", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    const isSkipped = JPEG_TABLES.includes(marker) || marker === JPEG_COMMENT ||
      (marker & 0xf0) === JPEG_FIRST_APPLICATION;
    const length = view.getUint16(at + 2);
    if (!isSkipped || length < 2) return null;
    at += 2 + length;
  }
}

// The decoder shows what is missing from a file as a grey area. In the pixels themselves no marker can occur.
function hasJpegEnd({ buffer, byteOffset, byteLength }: DataView, from: number): boolean {
  return Buffer.from(buffer, byteOffset, byteLength).indexOf(JPEG_END, from) >= 0;
}

function webpHeader(view: DataView): ImageHeader | null {
  const type = "WEBP";
  switch (textAt(view, 12)) {
    case "VP8 ":
      return {
        type,
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { type, width: 1 + (bits & 0x3fff), height: 1 + (bits >>> 14 & 0x3fff) };
    }
    // The canvas, which libwebp compares with the size of the frame in it.
    case "VP8X":
      return {
        type,
        width: 1 + (view.getUint32(24, true) & 0xffffff),
        height: 1 + (view.getUint32(26, true) >>> 8),
      };
    default:
      return null;
  }
}

function textAt(view: DataView, at: number): string {
  const codes = [0, 1, 2, 3].map((index) => view.getUint8(at + index));
  return String.fromCharCode(...codes);
}
