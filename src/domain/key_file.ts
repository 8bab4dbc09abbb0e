import { dirname } from "node:path";
import { ConflictError } from "./errors.ts";

const BYTES = 32;

/**
 * Reads this machine's own secret, and makes it at the first call of all: for installations of one
 * machine, which need no SECRET_KEY.
 *
 * @param path of the file, readable by its owner alone; its directory is made when missing
 * @throws {ConflictError} NOT_CONFIGURED when it can neither be read nor made
 */
export async function readKeyFile(path: string): Promise<string> {
  try {
    return await read(path) ?? await make(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConflictError(
      "NOT_CONFIGURED",
      `Cannot keep a key in ${path}, set SECRET_KEY: ${why}`,
    );
  }
}

async function read(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function make(path: string): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  // Written aside and linked: of two processes that begin together, both read the first one's.
  const aside = `${path}.${crypto.randomUUID()}`;
  const secret = crypto.getRandomValues(new Uint8Array(BYTES)).toHex();
  await Deno.writeTextFile(aside, secret, { mode: 0o600 });
  try {
    await Deno.link(aside, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(aside);
  }
  return await Deno.readTextFile(path);
}
