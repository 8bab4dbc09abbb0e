import { ago } from "./format.ts";
import { graphql, type ResultOf } from "./graphql.ts";
import { type Column, type JsonFlag, printMore, printRows } from "./rows.ts";
import { Server } from "./server.ts";

const MAILS = graphql(`
  query CliMails($filter: DeliveryFilter!, $orderBy: DeliveryOrder!, $first: Int!) {
    deliveries(filter: $filter, orderBy: $orderBy, first: $first) {
      nodes {
        id status attemptCount maxAttempts dueAt failedAt retryable
        recipient { address }
        message { id type }
        error { type code message }
        waitingFor { text }
      }
      pageInfo { hasNextPage }
    }
  }
`);

type Mail = ResultOf<typeof MAILS>["deliveries"]["nodes"][number];

const ID: Column<Mail> = { name: "id", value: ({ id }) => id };
const TYPE: Column<Mail> = { name: "type", value: ({ message }) => message?.type };
const RECIPIENT: Column<Mail> = { name: "recipient", value: ({ recipient }) => recipient.address };
const ATTEMPTS: Column<Mail> = {
  name: "attempts",
  value: ({ attemptCount }) => attemptCount,
  text: ({ attemptCount, maxAttempts }) => `${attemptCount}/${maxAttempts}`,
  align: "right",
};
const ERROR: Column<Mail> = {
  name: "error",
  value: ({ error }) => error,
  text: ({ error }) => error?.message ?? "–",
};
const MESSAGE: Column<Mail> = {
  name: "message",
  value: ({ message }) => message?.id,
  jsonOnly: true,
};
const DUE: Column<Mail> = {
  name: "due",
  value: ({ dueAt }) => dueAt,
  text: ({ dueAt }) => ago(dueAt),
};
const WAITS: Column<Mail> = { name: "waitingFor", value: ({ waitingFor }) => waitingFor?.text };
const FAILED: Column<Mail> = {
  name: "failed",
  value: ({ failedAt }) => failedAt,
  text: ({ failedAt }) => ago(failedAt),
};
const RETRYABLE: Column<Mail> = {
  name: "retryable",
  value: ({ retryable }) => retryable,
  text: ({ retryable }) => retryable ? "yes" : "no",
};

/** Options of the lists of mails. */
export interface MailListFlags {
  readonly type?: string;
  readonly limit: number;
  readonly json?: JsonFlag;
}

/** Prints the mails that wait to be sent, in the order of creation. */
export async function printPendingMails(flags: MailListFlags): Promise<void> {
  const mails = await readMails(flags, ["PENDING", "SENDING"], "CREATED_ASC");
  printRows(mails.nodes, [ID, TYPE, RECIPIENT, DUE, ATTEMPTS, ERROR, WAITS, MESSAGE], {
    json: flags.json,
    empty: "No mail is waiting.",
  });
  printMore(mails.pageInfo.hasNextPage, flags);
}

/** Prints the mails that failed, the latest failure first. */
export async function printFailedMails(flags: MailListFlags): Promise<void> {
  const mails = await readMails(flags, ["FAILED", "BOUNCED"], "FAILED_DESC");
  printRows(mails.nodes, [ID, TYPE, RECIPIENT, FAILED, ATTEMPTS, RETRYABLE, ERROR, MESSAGE], {
    json: flags.json,
    empty: "No mail has failed.",
  });
  printMore(mails.pageInfo.hasNextPage, flags);
}

async function readMails(
  { type, limit }: MailListFlags,
  statuses: ("PENDING" | "SENDING" | "FAILED" | "BOUNCED")[],
  orderBy: "CREATED_ASC" | "FAILED_DESC",
) {
  const filter = { statuses, types: type === undefined ? null : [type] };
  return (await new Server().query(MAILS, { filter, orderBy, first: limit })).deliveries;
}
