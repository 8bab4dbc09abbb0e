import process from "node:process";
import picocolors from "picocolors";

/** Colours for standard output; none unless it is a terminal, although picocolors uses them in every CI job. */
export const colors = picocolors.createColors(
  picocolors.isColorSupported && process.stdout.isTTY === true,
);

// `waybill failed | head` closes the pipe before all is written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

/** Writes a line of a result to standard output. */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line for a person to standard error, so that it does not disturb a script that reads the result. */
export function writeNote(line: string): void {
  process.stderr.write(`${line}\n`);
}
