import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { listFiles } from "./sources.ts";

const COMPRESSIBLE = /\.(css|js|svg)$/;

/** Writes a .br and a .gz beside each file that compresses well. */
export async function compressFiles(folder: URL): Promise<void> {
  const paths = (await listFiles(folder)).filter((path) => COMPRESSIBLE.test(path));
  await Promise.all(paths.map(async (path) => {
    const content = await Deno.readFile(new URL(path, folder));
    const [brotli, zipped] = await Promise.all([
      promisify(brotliCompress)(content),
      promisify(gzip)(content, { level: 9 }),
    ]);
    await Deno.writeFile(new URL(`${path}.br`, folder), brotli);
    await Deno.writeFile(new URL(`${path}.gz`, folder), zipped);
  }));
}
