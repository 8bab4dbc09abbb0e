// Encodes images in a process that has no module of a codec in its memory, unlike a test that makes the images.
import { createImageCodec } from "../../../src/images/image_codec.ts";

const ROUNDS = 40;
const path = Deno.args[0] ?? "";
const codec = createImageCodec();
for (let round = 0; round < ROUNDS; round++) {
  const file = await Deno.readFile(path);
  await Promise.all([codec.encode(file.slice().buffer), codec.encode(file.slice(0, 100).buffer)]);
}
