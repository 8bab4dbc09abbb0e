import { formatError } from "../deliveries/error_text.tsx";
import type { JobRow } from "../jobs/job_fields.ts";
import { formatEnum } from "../kit/format.ts";
import type { QuoteDetail, QuoteMail } from "./quote_fields.ts";

/** Event of a quote. */
export interface Moment {
  readonly at: string;
  readonly kind: "CREATED" | "QUEUED" | "STARTED" | "DONE" | "FAILED";
  readonly text: string;
  /** Page of the job or delivery; null: none. */
  readonly page: string | null;
}

/** Events of a quote, latest first: its jobs, and the attempts of its mails. */
export function momentsOf(quote: QuoteDetail, jobs: readonly JobRow[]): Moment[] {
  const moments: Moment[] = [
    { at: quote.createdAt, kind: "CREATED", text: "Created", page: null },
    ...jobs.flatMap(momentsOfJob),
    ...momentsOfMail("customer", quote.customerDelivery),
    ...momentsOfMail("admin", quote.adminDelivery),
  ];
  return moments.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function momentsOfJob(
  { id, kind, createdAt, startedAt, finishedAt, status, error }: JobRow,
): Moment[] {
  const page = `/jobs/${id}`;
  const name = formatEnum(kind);
  const started: Moment[] = startedAt === null
    ? [{ at: createdAt, kind: "QUEUED", text: `${name} queued`, page }]
    : [{ at: startedAt, kind: "STARTED", text: `${name} started`, page }];
  if (finishedAt === null) return started;
  const failed = status === "FAILED";
  const text = `${name} ${status.toLowerCase()}${failed && error ? `: ${error.message}` : ""}`;
  return [...started, { at: finishedAt, kind: failed ? "FAILED" : "DONE", text, page }];
}

function momentsOfMail(receiver: string, mail: QuoteMail | null): Moment[] {
  if (!mail) return [];
  return mail.attempts.map(({ number, startedAt, finishedAt, outcome, error }) => ({
    at: finishedAt ?? startedAt,
    kind: error ? "FAILED" : "DONE",
    text: `Mail to the ${receiver}, attempt ${number}: ` +
      (error ? formatError(error) : formatEnum(outcome ?? "SENDING").toLowerCase()),
    page: `/deliveries/${mail.id}`,
  }));
}
