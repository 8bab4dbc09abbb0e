/**
 * Shrinks an image so that its longer side is at most `maxSide`, and puts it on white. Each new pixel is the mean of
 * the area that it covers. A smaller image keeps its size.
 *
 * Resizing by @jsquash/resize would copy all pixels into memory of its own: 270 MB more for a photo of 24 megapixels.
 */
export function shrink(image: ImageData, maxSide: number): ImageData {
  const scale = Math.min(1, maxSide / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const shrunk = new ImageData(width, height);
  const columns = coverage(image.width, width);
  const rows = coverage(image.height, height);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      writeMean(image, column, row, shrunk.data, 4 * (y * width + x));
    }
  }
  return shrunk;
}

/** Part of a side that one new pixel covers. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function coverage(length: number, newLength: number): Span[] {
  const step = length / newLength;
  return Array.from(
    { length: newLength },
    (_, index) => ({ from: index * step, to: Math.min(length, (index + 1) * step) }),
  );
}

function writeMean(
  { width, data }: ImageData,
  column: Span,
  row: Span,
  target: ImageDataArray,
  at: number,
): void {
  let [red, green, blue, covered] = [0, 0, 0, 0];
  for (let y = Math.floor(row.from); y < row.to; y++) {
    const rowWeight = Math.min(row.to, y + 1) - Math.max(row.from, y);
    for (let x = Math.floor(column.from); x < column.to; x++) {
      const weight = rowWeight * (Math.min(column.to, x + 1) - Math.max(column.from, x));
      const source = 4 * (y * width + x);
      const alpha = (data[source + 3] ?? 0) / 255;
      const white = 255 * (1 - alpha);
      red += weight * ((data[source] ?? 0) * alpha + white);
      green += weight * ((data[source + 1] ?? 0) * alpha + white);
      blue += weight * ((data[source + 2] ?? 0) * alpha + white);
      covered += weight;
    }
  }
  target[at] = red / covered;
  target[at + 1] = green / covered;
  target[at + 2] = blue / covered;
  target[at + 3] = 255;
}
