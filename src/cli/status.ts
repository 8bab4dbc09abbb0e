import type { Command } from "commander";
import { CommandError } from "./exit.ts";
import { colors, writeLine } from "./terminal.ts";
import { count, duration, percent } from "./format.ts";
import { graphql, type ResultOf } from "./graphql.ts";
import { type Column, type JsonFlag, printRows, withJson } from "./rows.ts";
import { Server } from "./server.ts";

const Status = graphql(`
  query CliStatus {
    viewer { id role organization { id name } }
    overview {
      id
      queue {
        byStatus { status count }
        byLane { lane slots running queued later oldestQueuedMs perMinute failed p95Ms paused pausedBy }
      }
      deliveries {
        successFraction
        perMinute { sent failed bounced }
        pendingByType { type count }
      }
    }
  }
`);

type Overview = NonNullable<ResultOf<typeof Status>["overview"]>;
type Lane = Overview["queue"]["byLane"][number];

const LANES: readonly Column<Lane>[] = [
  { name: "lane", value: ({ lane }) => lane },
  {
    name: "running",
    value: ({ running }) => running,
    align: "right",
    text: ({ running, slots }) => `${running}/${slots}`,
  },
  { name: "slots", value: ({ slots }) => slots, jsonOnly: true },
  {
    name: "waiting",
    value: ({ queued }) => queued,
    align: "right",
    text: ({ queued }) => count(queued),
  },
  { name: "later", value: ({ later }) => later, align: "right", text: ({ later }) => count(later) },
  {
    name: "oldestMs",
    heading: "OLDEST",
    value: ({ oldestQueuedMs }) => oldestQueuedMs,
    align: "right",
    text: ({ oldestQueuedMs }) => duration(oldestQueuedMs),
  },
  {
    name: "perMinute",
    value: ({ perMinute }) => perMinute,
    align: "right",
    text: ({ perMinute }) => count(perMinute),
  },
  {
    name: "failed",
    value: ({ failed }) => failed,
    align: "right",
    text: ({ failed }) => count(failed),
  },
  {
    name: "paused",
    value: ({ paused }) => paused,
    text: ({ paused, pausedBy }) => paused ? `paused by ${pausedBy ?? "the operator"}` : "",
  },
];

/** Adds `status`: jobs by lane and the deliveries of the last hour. */
export function addStatus(program: Command): void {
  withJson(program.command("status"))
    .description("show jobs by lane, and the deliveries of the last hour; for an ADMIN")
    .addHelpText("after", "\nExamples:\n  waybill status\n  waybill status --json lane,waiting")
    .action(async ({ json }: { readonly json?: JsonFlag }) => {
      const server = new Server();
      const { viewer, overview } = await server.query(Status, {});
      if (!overview) throw new CommandError("The status needs the key of an ADMIN or OPERATOR.");
      if (!json) printSummary(`${viewer.organization.name} · ${server.url}`, overview);
      printRows(overview.queue.byLane, LANES, { json, empty: "No lanes" });
    });
}

function printSummary(title: string, { queue, deliveries }: Overview): void {
  const sum = (pick: (point: Overview["deliveries"]["perMinute"][number]) => number) =>
    deliveries.perMinute.reduce((total, point) => total + pick(point), 0);
  const jobs = queue.byStatus.map(({ status, count: jobs }) =>
    `${status.toLowerCase()} ${count(jobs)}`
  );
  const waiting = deliveries.pendingByType.map(({ type, count: mails }) =>
    `${type} ${count(mails)}`
  );
  writeLine(colors.bold(title));
  writeLine(`Jobs        ${jobs.join(" · ")}`);
  writeLine(
    `Last hour   sent ${count(sum(({ sent }) => sent))} · failed ${
      count(sum(({ failed }) => failed))
    } · ` +
      `bounced ${count(sum(({ bounced }) => bounced))} · success ${
        percent(deliveries.successFraction)
      }`,
  );
  writeLine(`Waiting     ${waiting.join(" · ") || "nothing"}\n`);
}
