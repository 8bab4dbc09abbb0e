import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { listSuppressions } from "../../src/domain/suppressions/list.ts";
import { onEveryMail, type TestMail } from "./mail.ts";
import { people, readDeliveries } from "./messages.ts";
import { withServer } from "./server.ts";

/** Secret of the reports by mail. */
export const SECRET = "a secret of some length";
/** Signing key of Mailgun. */
export const MAILGUN_KEY = "key-of-mailgun";
const WEBHOOKS = { secret: SECRET, mailgunSigningKey: MAILGUN_KEY, snsTopicArns: [] };

/** Posts a body to a path; returns the status. */
export type Post = (
  path: string,
  body: string,
  headers?: Record<string, string>,
) => Promise<number>;

/** A message whose mails were sent. */
export interface Sent extends TestMail {
  readonly messageId: string;
  /** TypeIDs, by number. */
  readonly deliveryIds: readonly string[];
  readonly post: Post;
}

/** Declares a test with a sent message of `count` recipients and a server with all bounce webhooks but SES. */
export function withSent(name: string, count: number, test: (sent: Sent) => Promise<void>): void {
  onEveryMail(name, async (mail) => {
    const { id: messageId } = await mail.send({
      to: { list: people(count) },
      retry: { mode: "CRON", maxAttempts: 3 },
    });
    await mail.worker.runQueued();
    const { edges } = await listDeliveries(
      mail.services,
      mail.organization.admin,
      { messageId },
      "CREATED_ASC",
      {},
    );
    const deliveryIds = edges.map(({ node }) => toTypeId("delivery", node.id));
    await withServer(mail.db, async ({ url }) => {
      const post: Post = async (path, body, headers) => {
        const response = await fetch(new URL(path, url), { method: "POST", body, headers });
        await response.body?.cancel();
        return response.status;
      };
      await test({ ...mail, messageId, deliveryIds, post });
    }, { webhooks: WEBHOOKS });
  });
}

/** "BOUNCED INVALID_RECIPIENT 5.1.1": the delivery at position `n`. */
export async function outcomeOf({ db, messageId }: Sent, n: number): Promise<string> {
  const { status, errorType, errorCode, retryable } =
    (await readDeliveries(db, messageId))[n - 1] ??
      {};
  return [status, errorType, errorCode, retryable && "retryable"].filter(Boolean).join(" ");
}

/** The suppression list: "person1@example.net BOUNCED", sorted. */
export async function suppressed({ services, organization: { admin } }: Sent): Promise<string[]> {
  const { edges } = await listSuppressions(services, admin, {}, {});
  return edges.map(({ node: { address, reason } }) => `${address} ${reason}`).sort();
}

/** Counts of the message by state. */
export async function figures({ db, messageId }: Sent): Promise<Record<string, number>> {
  const stats = (await readStats(db, [messageId])).get(messageId);
  const { sent = 0, failed = 0, unknown = 0, bounced = 0, complained = 0, retryable = 0 } = stats ??
    {};
  return { sent, failed, unknown, bounced, complained, retryable };
}

/** The counts of a message without deliveries. */
export const none = { sent: 0, failed: 0, unknown: 0, bounced: 0, complained: 0, retryable: 0 };
