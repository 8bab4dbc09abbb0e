import type { Command } from "commander";
import { CommandError } from "./exit.ts";
import { writeLine } from "./terminal.ts";
import { ago } from "./format.ts";
import { graphql, type ResultOf } from "./graphql.ts";
import { Server } from "./server.ts";

const EXPLAIN = graphql(`
  query CliExplain($id: ID!) {
    node(id: $id) {
      __typename id
      ... on Job {
        kind lane jobStatus: status attemptCount maxAttempts createdAt
        waitingFor { text until }
        jobError: error { type message }
      }
      ... on Message {
        title messageStatus: status createdAt
        pause { reason }
        waitingFor { text until }
      }
      ... on Delivery {
        deliveryStatus: status attemptCount maxAttempts createdAt retryable
        recipient { address }
        waitingFor { text until }
        deliveryError: error { type message }
      }
    }
  }
`);

type Explained = NonNullable<ResultOf<typeof EXPLAIN>["node"]>;

/** Adds `explain`: the reason why a job, message or delivery waits. */
export function addExplain(program: Command): void {
  program.command("explain")
    .description("show why a job, message or delivery waits or has failed")
    .argument("<id>", "job_…, msg_… or dlv_…")
    .addHelpText("after", "\nExample:\n  waybill explain dlv_01h45ytscbebyvny4gc8cr8ma2")
    .action(async (id: string) => {
      const { node } = await new Server().query(EXPLAIN, { id });
      if (!node) throw new CommandError(`Nothing has the id ${id}, or your key may not see it.`);
      for (const line of explain(node)) writeLine(line);
    });
}

function explain(node: Explained): string[] {
  switch (node.__typename) {
    case "Job":
      return [
        `${node.kind} is ${node.jobStatus}, created ${
          ago(node.createdAt)
        }, attempt ${node.attemptCount} of ${node.maxAttempts}.`,
        ...reasons(node.waitingFor, node.jobError),
      ];
    case "Message":
      return [
        `"${node.title}" is ${node.messageStatus}, created ${ago(node.createdAt)}.`,
        ...(node.pause ? [`Paused: ${node.pause.reason}`] : []),
        ...reasons(node.waitingFor, null),
      ];
    case "Delivery":
      return [
        `The delivery to ${node.recipient.address} is ${node.deliveryStatus}, ` +
        `attempt ${node.attemptCount} of ${node.maxAttempts}${
          node.retryable ? ", retryable" : ""
        }.`,
        ...reasons(node.waitingFor, node.deliveryError),
      ];
    default:
      throw new CommandError(`Cannot explain ${node.id}: expected a job, a message or a delivery`);
  }
}

function reasons(
  waitingFor: { readonly text: string; readonly until: string | null } | null,
  error: { readonly type: string; readonly message: string } | null,
): string[] {
  const until = waitingFor?.until ? `, ${ago(waitingFor.until)}` : "";
  return [
    ...(waitingFor ? [`Waits: ${waitingFor.text}${until}`] : []),
    ...(error ? [`Last error: ${error.type}: ${error.message}`] : []),
  ];
}
