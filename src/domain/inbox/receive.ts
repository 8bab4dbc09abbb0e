import { getLogger } from "@logtape/logtape";
import { acceptTokens, ReusedTokenError, type SignedToken } from "../deliveries/mailgun_token.ts";
import { kindOf } from "../emails/classify.ts";
import { type PlacedEmail, placeInThreads } from "../emails/incoming.ts";
import type { ParsedMail } from "../emails/mail.ts";
import { findOwnAddresses } from "../emails/own_addresses.ts";
import { replyTextOf } from "../emails/reply_text.ts";
import { type EmailRow, toRow } from "../emails/store.ts";
import { group } from "../group.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { publishSuggestions } from "./publish.ts";
import { publishAnswers, recordAnswers } from "./record_answer.ts";
import { requestSuggestions } from "./request.ts";

/** Inbound mail of an organization. */
export interface ArrivedMail {
  readonly organizationId: string;
  readonly mail: ParsedMail;
  /** Token of the request; null: its signature covers the mail. */
  readonly token: SignedToken | null;
}

/**
 * Stores an inbound mail in its thread and requests its suggestion, and resolves once both are committed. A mail whose
 * Message-ID is already in the inbox changes nothing. Rejects with a `ReusedTokenError`, and stores nothing, if the token
 * was used for other content.
 */
export type ReceiveMail = (arrived: ArrivedMail) => Promise<PlacedEmail>;

// Finding the quotes in a text of 20 MB would block the event loop for seconds.
const MAX_REPLY_LENGTH = 100_000;

const log = getLogger(["waybill", "inbox"]);

/** Creates the function that stores inbound mails. Mails that arrive together share a transaction. */
export function createMailReceiver(services: Services): ReceiveMail {
  const receive = group((arrived: readonly ArrivedMail[]) => receiveTogether(services, arrived));
  return async (arrived) => {
    const startedAt = performance.now();
    const placed = await receive(arrived);
    if (!placed.created) return placed;
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
): Promise<(PlacedEmail | Error)[]> {
  const rows = await rowsOf(services, arrived);
  const { accepted, placed, answers } = await services.db.transaction(async (tx) => {
    const isAccepted = await acceptTokens(tx, arrived.map(({ token }) => token));
    const accepted = rows.filter((_, index) => isAccepted[index]);
    const placed = await placeInThreads(tx, accepted);
    await requestSuggestions(tx, placed.filter(({ created, waits }) => created && waits));
    const own = placed.flatMap(({ created, organizationId, threadId }, index) => {
      const row = accepted[index];
      if (!created || row?.kind !== "OWN") return [];
      return { organizationId, threadId, text: row.replyText, suggestionId: null };
    });
    return { accepted, placed, answers: await recordAnswers(tx, own) };
  });
  publishAnswers(services, answers);
  publishSuggestions(services, placed.filter(({ created }) => created));
  const byRow = new Map(accepted.map((row, index) => [row, placed[index]]));
  return rows.map((row) =>
    byRow.get(row) ??
      new ReusedTokenError("Cannot accept the mail: its token was used for other content")
  );
}

async function rowsOf(
  services: Services,
  arrived: readonly ArrivedMail[],
): Promise<EmailRow[]> {
  const own = await findOwnAddresses(services, arrived.map((mail) => mail.organizationId));
  return arrived.map(({ organizationId, mail }) => {
    const ownAddresses = own.get(organizationId) ?? [];
    const isOwn = (address: string) => ownAddresses.includes(address);
    // Website forms send from an address of the organization, with the person in Reply-To.
    const author = isOwn(mail.from.address) ? mail.replyTo ?? mail.from.address : mail.from.address;
    return toRow(organizationId, {
      mail,
      direction: isOwn(author) ? "OUTBOUND" : "INBOUND",
      kind: kindOf({ ...mail, from: { ...mail.from, address: author } }, ownAddresses),
      replyText: replyTextOf(mail.text.slice(0, MAX_REPLY_LENGTH)),
      threadId: null,
      receivedAt: null,
      deliveryId: null,
    });
  });
}
