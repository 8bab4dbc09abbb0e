import { getLogger } from "@logtape/logtape";
import { normalizeEmailAddress } from "../email_address.ts";
import { kindOf } from "../emails/classify.ts";
import { type PlacedEmail, placeInThreads } from "../emails/incoming.ts";
import type { ParsedMail } from "../emails/mail.ts";
import { findOwnAddresses } from "../emails/own_addresses.ts";
import { replyTextOf } from "../emails/reply_text.ts";
import { type EmailRow, toRow } from "../emails/store.ts";
import { group } from "../group.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";

/** A mail that arrived for an organization. */
export interface ArrivedMail {
  readonly organizationId: string;
  readonly mail: ParsedMail;
}

/**
 * Stores a mail that arrived in its thread of the inbox, with the suggestion that it waits for, and resolves once both
 * are committed. A mail whose Message-ID is in the inbox already changes nothing.
 */
export type ReceiveMail = (arrived: ArrivedMail) => Promise<PlacedEmail>;

const log = getLogger(["waybill", "inbox"]);

/** Creates the function that receives mails. Mails that arrive together share a transaction. */
export function createMailReceiver(services: Services): ReceiveMail {
  const receive = group((arrived: readonly ArrivedMail[]) => receiveTogether(services, arrived));
  return async (arrived) => {
    const startedAt = performance.now();
    const placed = await receive(arrived);
    log.info("Mail queued: {emailId} in {threadId}, {ms} ms", {
      emailId: toTypeId("email", placed.emailId),
      threadId: toTypeId("thread", placed.threadId),
      ms: Math.round(performance.now() - startedAt),
    });
    return placed;
  };
}

async function receiveTogether(
  services: Services,
  arrived: readonly ArrivedMail[],
): Promise<PlacedEmail[]> {
  const rows = await rowsOf(services, arrived);
  const placed = await services.db.transaction((tx) => placeInThreads(tx, rows));
  const created = placed.filter((email) => email.created);
  for (const [organizationId, emails] of Map.groupBy(created, (email) => email.organizationId)) {
    services.bus.publish("threads", organizationId, [...new Set(emails.map((e) => e.threadId))]);
  }
  return placed;
}

async function rowsOf(
  services: Services,
  arrived: readonly ArrivedMail[],
): Promise<EmailRow[]> {
  const own = await findOwnAddresses(services, arrived.map((mail) => mail.organizationId));
  return arrived.map(({ organizationId, mail }) => {
    const ownAddresses = own.get(organizationId) ?? [];
    const isOwn = ownAddresses.some((address) =>
      normalizeEmailAddress(address) === mail.from.address
    );
    return toRow(organizationId, {
      mail,
      direction: isOwn ? "OUTBOUND" : "INBOUND",
      kind: kindOf(mail, ownAddresses),
      replyText: replyTextOf(mail.text),
      threadId: null,
      receivedAt: null,
      deliveryId: null,
    });
  });
}
