import { createHash } from "node:crypto";

const SKIPPED = ["dist", "node_modules", "graphql-env.d.ts"];

/** Hash of all files that a build depends on, by path and content. */
export async function hashSources(root: URL): Promise<string> {
  const hash = createHash("sha256");
  for (const path of (await listFiles(root)).sort()) {
    hash.update(`${path}\0`).update(await Deno.readFile(new URL(path, root))).update("\0");
  }
  return hash.digest("hex");
}

/** Paths of all files in a folder and its folders, relative to it. */
export async function listFiles(folder: URL, skipped = SKIPPED): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (skipped.includes(name)) continue;
    if (!isDirectory) paths.push(name);
    else {
      const inner = await listFiles(new URL(`${name}/`, folder), []);
      paths.push(...inner.map((path) => `${name}/${path}`));
    }
  }
  return paths;
}
