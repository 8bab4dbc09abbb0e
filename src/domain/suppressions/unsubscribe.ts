import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Services } from "../services.ts";
import { ADD } from "./queries.ts";

/** Whom an unsubscribe link is for, and the delivery that it came with. */
export interface Unsubscriber {
  readonly organizationId: string;
  readonly channel: MessageChannel;
  /** As the recipient has it. */
  readonly address: string;
  readonly deliveryId: string;
}

/** Makes the link for one recipient. */
export type UnsubscribeLink = (unsubscriber: Unsubscriber) => string;

const KEY = statement<[], { secret: Uint8Array }>(
  "secrets.unsubscribe",
  `select secret from secrets where name = 'unsubscribe'`,
);

const tokenSchema = z.tuple([z.uuid(), z.enum(MESSAGE_CHANNELS), z.string(), z.uuid()]);

/**
 * Reads what links are signed with, for any number of links.
 *
 * @param publicUrl where recipients reach this server, without a slash at its end
 */
export async function openUnsubscribeLinks(
  db: Connection,
  publicUrl: string,
): Promise<UnsubscribeLink> {
  const key = await readKey(db);
  return (unsubscriber) => `${publicUrl}/unsubscribe/${toToken(key, unsubscriber)}`;
}

/** Whom a token is for; null when it was not made here. */
export async function readUnsubscriber(
  { db }: Services,
  token: string,
): Promise<Unsubscriber | null> {
  const [body = "", signature = ""] = token.split(".", 2);
  const expected = Buffer.from(sign(await readKey(db), body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const [organizationId, channel, address, deliveryId] = tokenSchema.parse(
    JSON.parse(Buffer.from(body, "base64url").toString()),
  );
  return { organizationId, channel, address, deliveryId };
}

/** Puts the holder of a link on the list; once more changes nothing. */
export async function unsubscribe({ db }: Services, unsubscriber: Unsubscriber): Promise<void> {
  const { organizationId, channel, address, deliveryId } = unsubscriber;
  const listed = CHANNEL_RULES[channel].normalizeAddress(address);
  await db.run(ADD, organizationId, channel, [listed], "UNSUBSCRIBED", deliveryId);
}

async function readKey(db: Connection): Promise<Uint8Array> {
  const [row] = await db.run(KEY);
  if (!row) throw new Error("The key of the unsubscribe links is missing from the table secrets");
  return row.secret;
}

// It says all by itself: a mail outlives what is kept of its delivery.
function toToken(key: Uint8Array, unsubscriber: Unsubscriber): string {
  const { organizationId, channel, address, deliveryId } = unsubscriber;
  const content = JSON.stringify([organizationId, channel, address, deliveryId]);
  const body = Buffer.from(content).toString("base64url");
  return `${body}.${sign(key, body)}`;
}

function sign(key: Uint8Array, body: string): string {
  return createHmac("sha256", key).update(`unsubscribe.${body}`).digest("base64url");
}
