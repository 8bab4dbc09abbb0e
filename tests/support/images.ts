import { encode as encodeJpeg } from "@jsquash/jpeg";
import { encode as encodePng } from "@jsquash/png";
import { encode as encodeWebp } from "@jsquash/webp";

/** Makes an image with a red left half and a blue right half; `alpha` is that of the blue half. */
export function halves(width: number, height: number, alpha = 255): ImageData {
  const image = new ImageData(width, height);
  for (let at = 0; at < image.data.length; at += 4) {
    const isLeft = at / 4 % width < width / 2;
    image.data.set(isLeft ? [255, 0, 0, 255] : [0, 0, 255, alpha], at);
  }
  return image;
}

/** Encodes an image as a PNG file. */
export async function png(image: ImageData): Promise<ArrayBuffer> {
  return await encodePng(image);
}

/** Encodes an image as a JPEG file. */
export async function jpeg(image: ImageData): Promise<ArrayBuffer> {
  return await encodeJpeg(image);
}

/** Encodes an image as a WebP file. */
export async function webp(image: ImageData): Promise<ArrayBuffer> {
  return await encodeWebp(image);
}

/**
 * Adds the orientation of EXIF to a JPEG file.
 *
 * @param orientation 1 to 8; 6: turned clockwise by 90° to be upright
 */
export function withOrientation(
  file: ArrayBuffer,
  orientation: number,
): ArrayBuffer {
  const bytes = new Uint8Array(file);
  // A big-endian TIFF header, and a directory with one entry: tag 0x0112, one SHORT.
  const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation];
  const data = [...new TextEncoder().encode("Exif\0\0"), ...tiff, 0, 0, 0, 0, 0, 0];
  const segment = [0xff, 0xe1, 0, data.length + 2, ...data];
  return new Uint8Array([...bytes.subarray(0, 2), ...segment, ...bytes.subarray(2)]).buffer;
}
