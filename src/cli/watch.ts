import process from "node:process";
import { clearLine, cursorTo } from "node:readline";
import type { Command } from "commander";
import { EXIT } from "./exit.ts";
import { writeLine } from "./terminal.ts";
import { percent } from "./format.ts";
import { Server } from "./server.ts";
import { type Watched, watched } from "./watched.ts";

const BAR_WIDTH = 20;

/** Adds `watch`: live progress of a job, message or bulk action. */
export function addWatch(program: Command): void {
  program.command("watch")
    .description(
      "follow a job, message or bulk action until it ends; exit code 1 if it or a part of it failed",
    )
    .argument("<id>", "job_…, msg_… or blk_…")
    .addHelpText("after", "\nExample:\n  waybill watch msg_01h45ytscbebyvny4gc8cr8ma2")
    .action(async (id: string) => {
      let last: Watched | null = null;
      for await (const state of watched(new Server(), id)) {
        print(state);
        last = state;
      }
      if (process.stdout.isTTY) process.stdout.write("\n");
      if (last?.failed) process.exitCode = EXIT.failed;
    });
}

// On a terminal one line is rewritten; elsewhere each state is a line of its own.
function print(state: Watched): void {
  const { stdout } = process;
  if (!stdout.isTTY) return writeLine(lineOf(state));
  cursorTo(stdout, 0);
  stdout.write(lineOf(state).slice(0, stdout.columns));
  clearLine(stdout, 1);
}

function lineOf({ title, state, fraction, detail }: Watched): string {
  return [title, state, barOf(fraction), fraction === null ? "" : percent(fraction), detail]
    .filter(Boolean).join("  ");
}

function barOf(fraction: number | null): string {
  if (fraction === null) return "";
  const filled = Math.floor(fraction * BAR_WIDTH);
  return "▓".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
}
