import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { addExplain } from "./explain.ts";
import { addKeys } from "./keys.ts";
import { addListen } from "./listen.ts";
import { addLists } from "./lists.ts";
import { addQuoteMails } from "./quote_mails.ts";
import { addQuotes } from "./quotes.ts";
import { addSchedules } from "./schedules.ts";
import { addStatus } from "./status.ts";
import { addWatch } from "./watch.ts";

/** Adds the commands that talk to a running server, and `complete`, which prints a script for the shell. */
export function addClientCommands(program: Command): void {
  addStatus(program);
  addLists(program);
  addWatch(program);
  addExplain(program);
  addListen(program);
  addQuotes(program);
  addQuoteMails(program);
  addSchedules(program);
  addKeys(program);
  // Last, because it completes the commands that were added before.
  tab(program);
}
