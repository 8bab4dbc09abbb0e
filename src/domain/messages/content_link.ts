import { errors, jwtVerify, SignJWT } from "jose";
import { type Connection, statement } from "../../db/database.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import { findDeliveries } from "../deliveries/list.ts";
import { fromTypeId, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { findMessage } from "./find.ts";
import { renderDelivery } from "./rendered.ts";

const AUDIENCE = "content";
const VALID_FOR = "10 minutes";

const KEY = statement<[], { secret: Uint8Array }>(
  "secrets.content",
  "select secret from secrets where name = 'content'",
);

async function readKey(db: Connection): Promise<Uint8Array> {
  const [row] = await db.run(KEY);
  if (!row) throw new Error("Cannot sign content links: the table secrets has no row 'content'");
  return row.secret;
}

/**
 * Creates a link at which a browser shows the HTML of a delivery without an API key, for 10 minutes. The caller
 * must be allowed to see the delivery.
 *
 * @returns path on this server; null if the message has no HTML
 */
export async function createContentLink(
  { db }: Pick<Services, "db">,
  { id, organizationId, messageId }: Delivery,
): Promise<string | null> {
  const message = await findMessage(db, organizationId, messageId);
  if (!message?.html) return null;
  const delivery = toTypeId("delivery", id);
  const token = await new SignJWT({ org: organizationId })
    .setProtectedHeader({ alg: "HS256" }).setAudience(AUDIENCE).setSubject(delivery)
    .setExpirationTime(VALID_FOR).sign(await readKey(db));
  return `/content/${delivery}?token=${token}`;
}

/**
 * Renders the HTML that a link names.
 *
 * @param deliveryId TypeID in the path of the link
 * @returns null if the link is invalid or has expired, or the content cannot be rendered
 */
export async function openContentLink(
  services: Services,
  deliveryId: string,
  token: string,
): Promise<string | null> {
  const organizationId = await readToken(await readKey(services.db), deliveryId, token);
  if (organizationId === null) return null;
  // The signature proves that a caller was allowed to see the delivery.
  const caller = { organizationId, userId: null, role: "ADMIN", keyId: null } as const;
  const [delivery] = await findDeliveries(services, caller, [fromTypeId("delivery", deliveryId)]);
  const content = delivery && await renderDelivery(services, delivery);
  return content?.html ?? null;
}

async function readToken(
  key: Uint8Array,
  subject: string,
  token: string,
): Promise<string | null> {
  try {
    const { payload } = await jwtVerify<{ org: string }>(token, key, {
      algorithms: ["HS256"],
      audience: AUDIENCE,
      subject,
    });
    return payload.org;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
