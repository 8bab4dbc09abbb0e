import type { Connection } from "../../db/database.ts";
import { BATCH_SIZE } from "./learning_run.ts";
import { readSelection, type SelectedEmail, type SelectionScope } from "./selection.ts";
import type { BegunRun } from "./turn.ts";

/** Consecutive chosen mails, of which up to 10 are learned by one call of the model. */
export interface Batch {
  /** Position among the batches, from 0. */
  readonly number: number;
  /** Mails to learn. */
  readonly emailIds: readonly string[];
  /** Number of mails that are skipped. */
  readonly skipped: number;
  /** Its last mail. */
  readonly last: string;
}

const PAGE_SIZE = 500;

/**
 * Cuts a selection into batches, which are read page by page. A page without a mail to learn is one batch.
 *
 * @param run run that begins or continues
 */
export async function* readBatches(db: Connection, run: BegunRun): AsyncGenerator<Batch> {
  const { throughId: through } = run;
  if (through === null) return;
  const scope: SelectionScope = { ...run, runId: run.id };
  let number = 0;
  for (let after: string | null = run.afterId; after !== null;) {
    const page: SelectedEmail[] = await readSelection(db, scope, { after, through }, PAGE_SIZE);
    for (const batch of cut(page)) yield { ...batch, number: number++ };
    after = page.length === PAGE_SIZE ? page.at(-1)?.id ?? null : null;
  }
}

function* cut(page: readonly SelectedEmail[]): Generator<Omit<Batch, "number">> {
  let emailIds: string[] = [];
  let skipped = 0;
  for (const [index, { id, state }] of page.entries()) {
    if (state === "LEARN") emailIds.push(id);
    if (state === "SKIP") skipped++;
    if (emailIds.length < BATCH_SIZE && index < page.length - 1) continue;
    yield { emailIds, skipped, last: id };
    [emailIds, skipped] = [[], 0];
  }
}

/**
 * Tracks up to which mail a selection is processed without a gap, while its batches end in any order. After a crash the
 * run continues after this mail. Learned mails after it are recognized, skipped ones are not; so a skipped mail is
 * counted only once no gap precedes it.
 */
export class Watermark {
  readonly #ended = new Map<number, Batch>();
  #next = 0;

  /**
   * Adds a batch that has ended.
   *
   * @returns last mail without a gap before it, null: as before; and the number of skipped mails since the earlier one
   */
  add(batch: Batch): { after: string | null; skipped: number } {
    this.#ended.set(batch.number, batch);
    let [after, skipped]: [string | null, number] = [null, 0];
    for (let ended = this.#take(); ended; ended = this.#take()) {
      after = ended.last;
      skipped += ended.skipped;
    }
    return { after, skipped };
  }

  #take(): Batch | undefined {
    const batch = this.#ended.get(this.#next);
    if (batch) this.#ended.delete(this.#next++);
    return batch;
  }
}
