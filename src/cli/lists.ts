import type { Command } from "commander";
import { withLimit } from "./arguments.ts";
import { type JobListFlags, printFailedJobs, printPendingJobs } from "./job_list.ts";
import { type MailListFlags, printFailedMails, printPendingMails } from "./mail_list.ts";
import { withJson } from "./rows.ts";

type Flags = MailListFlags & JobListFlags & { readonly jobs?: boolean };

/** Adds `pending` and `failed`: lists of mails or, with `--jobs`, of jobs. */
export function addLists(program: Command): void {
  addList(program, "pending", "list the mails or jobs that wait")
    .action((flags: Flags) => flags.jobs ? printPendingJobs(flags) : printPendingMails(flags));
  addList(program, "failed", "list the mails or jobs that failed, with their errors")
    .action((flags: Flags) => flags.jobs ? printFailedJobs(flags) : printFailedMails(flags));
}

function addList(program: Command, name: string, description: string): Command {
  return withJson(withLimit(program.command(name)))
    .description(description)
    .option("--type <type>", "mails of this message type only")
    .option("--jobs", "jobs instead of mails")
    .addHelpText(
      "after",
      `\nExamples:\n  waybill ${name} --type newsletter\n  waybill ${name} --jobs --json id,kind,error`,
    );
}
