import type { Connection } from "../../db/database.ts";
import { BATCH_SIZE } from "./learning_run.ts";
import { readSelection, type SelectedEmail, type SelectionScope } from "./selection.ts";
import type { BegunRun } from "./turn.ts";

/** Chosen mails that follow one another, of which up to 10 are learned together. */
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
 * Finds how far a selection is processed without a gap, while its batches end in any order. A run continues behind this
 * mail, so that mails behind it are read again; those that were learned are recognized then, but skipped ones are
 * not. So these are counted as soon as no gap is before them.
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
