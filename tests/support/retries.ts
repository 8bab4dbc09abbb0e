import type { Database } from "../../src/db/database.ts";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import type { TestMail } from "./mail.ts";
import { personAt, readDeliveries } from "./messages.ts";
import type { SmtpTestServer } from "./smtp.ts";

/** Recipients among `people` that a mail server refuses. */
export interface Refusals {
  /** Refuses these recipients from now on, besides those refused before. */
  refuse(numbers: readonly number[], reply?: string): void;
  /** Accepts all recipients again. */
  accept(): void;
}

/** Controls which recipients the server refuses; at first none. */
export function refusals({ replies }: Pick<SmtpTestServer, "replies">): Refusals {
  const refused = new Map<string, string>();
  replies.reject = (address) => refused.get(address) ?? null;
  return {
    accept: () => refused.clear(),
    refuse(numbers, reply = "451 4.3.0 Try again") {
      for (const n of numbers) refused.set(personAt(n), reply);
    },
  };
}

/** Ids of the deliveries of a message, by position. */
export async function idsOf(
  { services, organization: { admin } }: TestMail,
  messageId: string,
): Promise<string[]> {
  const page = { first: 200 };
  const { edges } = await listDeliveries(services, admin, { messageId }, "CREATED_ASC", page);
  return edges.map(({ node }) => node.id);
}

/** Status and attempt of each delivery, by position: "SENT 2". */
export async function statesOf(db: Database, messageId: string): Promise<string[]> {
  return (await readDeliveries(db, messageId)).map(({ status, attempt }) => `${status} ${attempt}`);
}
