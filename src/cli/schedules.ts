import type { Command } from "commander";
import { withLimit } from "./arguments.ts";
import { CommandError } from "./exit.ts";
import { ago } from "./format.ts";
import { Failure, graphql, type ResultOf } from "./graphql.ts";
import { payloadOf } from "./outcome.ts";
import { type Column, type JsonFlag, printMore, printRows, withJson } from "./rows.ts";
import { Server } from "./server.ts";
import { writeLine, writeNote } from "./terminal.ts";

const MAX_PAGE = 200;

const SCHEDULES = graphql(`
  query CliSchedules($first: Int!) {
    schedules(first: $first) {
      nodes {
        id name kind words timezone enabled nextAt
        lastFire { outcome firedAt }
      }
      pageInfo { hasNextPage }
    }
  }
`);

const RUN = graphql(
  `
  mutation CliRunSchedule($id: ID!) {
    runSchedule(id: $id) {
      __typename
      ... on RunSchedulePayload { created job { id } }
      ...Failure
    }
  }
`,
  [Failure],
);

type Schedule = ResultOf<typeof SCHEDULES>["schedules"]["nodes"][number];

const COLUMNS: readonly Column<Schedule>[] = [
  { name: "id", value: ({ id }) => id, jsonOnly: true },
  { name: "name", value: ({ name }) => name },
  { name: "kind", value: ({ kind }) => kind },
  { name: "words", heading: "RUNS", value: ({ words }) => words },
  { name: "timezone", value: ({ timezone }) => timezone, jsonOnly: true },
  { name: "enabled", value: ({ enabled }) => enabled, jsonOnly: true },
  {
    name: "next",
    value: ({ nextAt }) => nextAt,
    text: ({ enabled, nextAt }) => enabled ? ago(nextAt) : "paused",
  },
  {
    name: "last",
    value: ({ lastFire }) => lastFire?.firedAt,
    text: ({ lastFire }) => ago(lastFire?.firedAt ?? null),
  },
  { name: "outcome", value: ({ lastFire }) => lastFire?.outcome },
];

/** Adds `schedules list` and `schedules run`. */
export function addSchedules(program: Command): void {
  const schedules = program.command("schedules").description("list schedules, or run one now");
  withJson(withLimit(schedules.command("list"))).description(
    "list the schedules with their next and last run",
  )
    .addHelpText("after", "\nExample:\n  waybill schedules list --json name,next,outcome")
    .action(listSchedules);
  schedules.command("run").description("run a schedule now and print the id of its job")
    .argument("<name>", "name of the schedule, or sch_…")
    .addHelpText("after", "\nExample:\n  waybill schedules run retry-failed")
    .action(runSchedule);
}

async function listSchedules(
  flags: { readonly limit: number; readonly json?: JsonFlag },
): Promise<void> {
  const { schedules } = await new Server().query(SCHEDULES, { first: flags.limit });
  printRows(schedules.nodes, COLUMNS, { json: flags.json, empty: "No schedules" });
  printMore(schedules.pageInfo.hasNextPage, flags);
}

async function runSchedule(name: string): Promise<void> {
  const server = new Server();
  const id = name.startsWith("sch_") ? name : await idOf(server, name);
  const result = await server.query(RUN, { id });
  const { job, created } = payloadOf(result.runSchedule, `Cannot run the schedule ${name}`);
  writeNote(created ? "Started; follow it with `waybill watch`:" : "Already running:");
  writeLine(job.id);
}

async function idOf(server: Server, name: string): Promise<string> {
  const { schedules } = await server.query(SCHEDULES, { first: MAX_PAGE });
  const found = schedules.nodes.find((schedule) => schedule.name === name);
  if (found) return found.id;
  const names = schedules.nodes.map(({ name }) => name).join(", ");
  throw new CommandError(`There is no schedule ${name}; there are: ${names || "none"}`);
}
