import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import type { Services } from "../services.ts";
import { suppress } from "./suppress.ts";

/** Recipient of an unsubscribe link, and the delivery that contained the link. */
export interface Unsubscriber {
  readonly organizationId: string;
  readonly channel: MessageChannel;
  /** As in the delivery, not normalized. */
  readonly address: string;
  readonly deliveryId: string;
}

/** Creates the unsubscribe link of one recipient. */
export type UnsubscribeLink = (unsubscriber: Unsubscriber) => string;

const KEY = statement<[], { secret: Uint8Array }>(
  "secrets.unsubscribe",
  "select secret from secrets where name = 'unsubscribe'",
);

const tokenSchema = z.tuple([z.uuid(), z.enum(MESSAGE_CHANNELS), z.string(), z.uuid()]);

/**
 * Reads the signing key, and returns a function that creates links with it.
 *
 * @param publicUrl public URL of this server, without a slash at its end
 */
export async function openUnsubscribeLinks(
  db: Connection,
  publicUrl: string,
): Promise<UnsubscribeLink> {
  const key = await readKey(db);
  return (unsubscriber) => `${publicUrl}/unsubscribe/${toToken(key, unsubscriber)}`;
}

// Mail programs and scanners take the characters after a link for a part of it: ")", ">", "." or a blank.
const TOKEN = /^([\w-]+)\.([\w-]{43})(?![A-Za-z0-9])/;

/**
 * Verifies the token of a link; null if this installation did not sign it.
 *
 * @param token text that begins with the token; characters after it are ignored, if the first is neither a
 *   letter nor a digit
 */
export async function readUnsubscriber(
  { db }: Services,
  token: string,
): Promise<Unsubscriber | null> {
  const [, body = "", signature = ""] = TOKEN.exec(token) ?? [];
  const expected = Buffer.from(sign(await readKey(db), body));
  const actual = Buffer.from(signature);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return null;
  const [organizationId, channel, address, deliveryId] = tokenSchema.parse(
    JSON.parse(Buffer.from(body, "base64url").toString()),
  );
  return { organizationId, channel, address, deliveryId };
}

/**
 * Suppresses the address of a link with the reason UNSUBSCRIBED, so that a contact with this address is
 * unsubscribed, too. A second call changes nothing.
 */
export async function unsubscribe(
  { db, bus }: Services,
  unsubscriber: Unsubscriber,
): Promise<void> {
  await suppress(db, unsubscriber, "UNSUBSCRIBED", [unsubscriber]);
  bus.publish("contacts", unsubscriber.organizationId, null);
}

const WITHDRAW = statement<[organizationId: string, addresses: string[]]>(
  "suppressions.withdraw",
  `delete from suppressions
   where organization_id = $1 and address = any($2) and reason = 'UNSUBSCRIBED'`,
);

/** Removes the entries with the reason UNSUBSCRIBED of normalized addresses. */
export async function withdrawUnsubscription(
  tx: Connection,
  organizationId: string,
  addresses: readonly string[],
): Promise<void> {
  await tx.run(WITHDRAW, organizationId, [...addresses]);
}

async function readKey(db: Connection): Promise<Uint8Array> {
  const [row] = await db.run(KEY);
  if (!row) {
    throw new Error("Cannot sign unsubscribe links: the table secrets has no row 'unsubscribe'");
  }
  return row.secret;
}

// The token contains all data of the unsubscriber, because the link must work after its delivery was
// pruned.
function toToken(key: Uint8Array, unsubscriber: Unsubscriber): string {
  const { organizationId, channel, address, deliveryId } = unsubscriber;
  const content = JSON.stringify([organizationId, channel, address, deliveryId]);
  const body = Buffer.from(content).toString("base64url");
  return `${body}.${sign(key, body)}`;
}

function sign(key: Uint8Array, body: string): string {
  return createHmac("sha256", key).update(`unsubscribe.${body}`).digest("base64url");
}
