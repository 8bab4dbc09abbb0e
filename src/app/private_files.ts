import { getLogger } from "@logtape/logtape";

const OTHERS = 0o077;
const log = getLogger(["waybill"]);

/**
 * Denies other users of the machine access to all files that this process creates from now on, and to the
 * data directory, if it exists.
 *
 * @param dataDir DATA_DIR, which holds addresses, mails and the key that encrypts credentials
 */
export async function restrictFiles(dataDir: string): Promise<void> {
  // Windows has neither a umask nor permission bits.
  if (Deno.build.os === "windows") return;
  Deno.umask(OTHERS);
  try {
    const { isDirectory, mode } = await Deno.stat(dataDir);
    if (isDirectory && ((mode ?? 0) & OTHERS) !== 0) await Deno.chmod(dataDir, 0o700);
  } catch (error) {
    // The part of the program that needs the directory creates it, with this umask.
    if (error instanceof Deno.errors.NotFound) return;
    log.warn("Cannot deny other users access to DATA_DIR {dataDir}", { dataDir, error });
  }
}
