const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};
const ENCODINGS = [["br", ".br"], ["gzip", ".gz"], [null, ""]] as const;

/**
 * Reads a file of the built dashboard. Browsers need not ask for it again, because its name has a hash of its content.
 *
 * @param accepted value of Accept-Encoding
 * @returns null if there is no such file
 */
export async function readAsset(
  folder: URL,
  name: string,
  accepted: string,
): Promise<Response | null> {
  // Names of packages have dots, too: floating-ui.react.
  const [, extension = ""] = /^[\w-]+(?:\.[\w-]+)*\.(\w+)$/.exec(name) ?? [];
  const type = TYPES[extension];
  if (type === undefined) return null;
  const codings = accepted.split(",").map((coding) => coding.split(";")[0]?.trim());
  for (const [encoding, suffix] of ENCODINGS) {
    if (encoding !== null && !codings.includes(encoding)) continue;
    const content = await readIfExists(new URL(`assets/${name}${suffix}`, folder));
    if (content === null) continue;
    return new Response(content, {
      headers: {
        "content-type": type,
        "cache-control": "public, max-age=31536000, immutable",
        vary: "accept-encoding",
        "x-content-type-options": "nosniff",
        ...encoding && { "content-encoding": encoding },
      },
    });
  }
  return null;
}

/** Content of a file; null if it does not exist. */
export async function readIfExists(file: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
