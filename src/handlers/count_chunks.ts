import type { JobRun } from "../queue/handler.ts";

/** Returns a function that reports the progress of a job chunk by chunk, and throws when the job is cancelled. */
export function countChunks({ signal, report }: JobRun): (rows: number) => void {
  let processed = 0;
  return (rows) => {
    signal.throwIfAborted();
    processed += rows;
    report({ total: null, processed, succeeded: processed, failed: 0, skipped: 0 });
  };
}
