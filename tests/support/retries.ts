import type { Database } from "../../src/db/database.ts";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import type { TestMail } from "./mail.ts";
import { readDeliveries } from "./messages.ts";

/** What a mail server answers to `people`, to be changed as a test goes on. */
export interface Replies {
  /** For `onEveryMail`: at first it takes all. */
  settings(): { reject(address: string): string | null };
  /** Refuses these from now on. */
  refuse(numbers: readonly number[], reply?: string): void;
  /** Takes all again. */
  accept(): void;
}

export function makeReplies(): Replies {
  let replies = new Map<string, string>();
  const accept = () => void (replies = new Map());
  return {
    accept,
    settings() {
      accept();
      return { reject: (address) => replies.get(address) ?? null };
    },
    refuse(numbers, reply = "451 4.3.0 Try again") {
      for (const n of numbers) replies.set(`person${n}@example.net`, reply);
    },
  };
}

/** The deliveries of a message, in the order of their numbers. */
export async function idsOf(
  { services, organization: { admin } }: TestMail,
  messageId: string,
): Promise<string[]> {
  const page = { first: 200 };
  const { edges } = await listDeliveries(services, admin, { messageId }, "CREATED_ASC", page);
  return edges.map(({ node }) => node.id);
}

/** "SENT 2": sent at the second attempt. In the order of their numbers. */
export async function statesOf(db: Database, messageId: string): Promise<string[]> {
  return (await readDeliveries(db, messageId)).map(({ status, attempt }) => `${status} ${attempt}`);
}
