import { dirname } from "node:path";
import { ConflictError } from "./errors.ts";

const BYTES = 32;

/**
 * Reads the secret key of this machine, and creates the key if it is missing. Installations on one
 * machine use the key in place of SECRET_KEY.
 *
 * @param path of the file, which only its owner can read; its directory is created if it is missing
 * @returns the key, 64 hexadecimal digits
 * @throws {ConflictError} NOT_CONFIGURED if the file can be neither read nor created
 */
export async function readKeyFile(path: string): Promise<string> {
  try {
    return await read(path) ?? await create(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConflictError(
      "NOT_CONFIGURED",
      `Cannot create the key file ${path}: ${reason}; set SECRET_KEY instead`,
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

async function create(path: string): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  // Linked only once its content is complete, so that processes that start together all read the key
  // that was linked first.
  const temporary = `${path}.${crypto.randomUUID()}`;
  const secret = crypto.getRandomValues(new Uint8Array(BYTES)).toHex();
  await Deno.writeTextFile(temporary, secret, { mode: 0o600 });
  try {
    await Deno.link(temporary, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    await Deno.remove(temporary);
  }
  return await Deno.readTextFile(path);
}
