import { join } from "node:path";
import { getLogger } from "@logtape/logtape";
import { z } from "zod";
import type { WitnessCopy } from "../domain/installation/restore.ts";

const CONTENT = z.object({ witness: z.number(), at: z.coerce.date() });
const log = getLogger(["waybill", "hold"]);

/** Copies of the witness in files: one per installation and directory. */
export class WitnessFiles {
  // Its own temporary files, because containers that share a volume often have the same process ids.
  readonly #suffix = crypto.randomUUID();
  readonly #reported = new Set<string>();

  /** @param directories created if they are missing */
  constructor(readonly directories: readonly string[]) {}

  /** Reads the newest copy of an installation; null if there is none that can be read. */
  async read(id: string): Promise<WitnessCopy | null> {
    let newest: WitnessCopy | null = null;
    for (const path of this.#paths(id)) {
      try {
        const { witness, at } = CONTENT.parse(JSON.parse(await Deno.readTextFile(path)));
        if (!newest || witness > newest.number) newest = { id, number: witness, at };
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) this.#report("read", path, error);
      }
    }
    return newest;
  }

  /** Replaces the copies of an installation. A failure is logged, because the database is not affected. */
  async write({ id, number, at }: WitnessCopy): Promise<void> {
    for (const path of this.#paths(id)) {
      const temporary = `${path}.${this.#suffix}`;
      try {
        await Deno.mkdir(join(path, ".."), { recursive: true });
        await Deno.writeTextFile(temporary, JSON.stringify({ witness: number, at }));
        // Renamed, so that another process never reads an incomplete copy.
        await Deno.rename(temporary, path);
        this.#reported.delete(path);
      } catch (error) {
        this.#report("write", path, error);
      }
    }
  }

  #paths(id: string): string[] {
    return this.directories.map((directory) => join(directory, `${id}.json`));
  }

  // Once, because the file is written every 2 s.
  #report(action: string, path: string, error: unknown): void {
    if (this.#reported.has(path)) return;
    this.#reported.add(path);
    const reason = error instanceof Error ? error.message : String(error);
    log.warn("Cannot {action} the witness {path}: {reason}", { action, path, reason });
  }
}
