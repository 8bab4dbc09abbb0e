import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { ProviderEvent } from "../../src/domain/deliveries/provider_event.ts";
import { parseTypeId, toTypeId } from "../../src/domain/id.ts";
import { readDsn } from "../../src/server/webhooks/dsn.ts";

const SECRET = "a secret of some length";

/** TypeID of the delivery that the reports of tests name. */
export const DELIVERY = "dlv_01h455vb4pex5vsknk084sn02q";

/** TypeID of another delivery. */
export const OTHER = toTypeId("delivery", "01889255-ac96-7659-b366-699a08a74ba0");

/** Reads a mail, given with LF as line end, as a signed request with other line ends. */
export function readSigned(mail: string, lineEnd = "\r\n"): Promise<ProviderEvent> {
  const body = new TextEncoder().encode(mail.replaceAll("\n", lineEnd));
  const t = Math.floor(Date.now() / 1_000);
  const v1 = createHmac("sha256", SECRET).update(`${t}.`).update(body).digest("hex");
  const headers = new Headers({ "x-waybill-signature": `t=${t},v1=${v1}` });
  return readDsn(SECRET, headers, body);
}

/** Reads a report; returns kind, type, code, message and effects of its feedback about `DELIVERY`. */
export async function read(mail: string): Promise<(string | null)[][]> {
  const { feedback } = await readSigned(mail);
  return feedback.map(({ deliveryId, kind, errorType, code, message, retryable, suppressAs }) => {
    assert.equal(deliveryId, parseTypeId(DELIVERY)?.id);
    const effects = [retryable && "retryable", suppressAs && "suppress"].filter(Boolean).join(" ");
    return [kind, errorType, code, message, effects];
  });
}

/** Reads a report: "BOUNCED INVALID_RECIPIENT 5.1.1 suppress"; "nothing". */
export async function summaryOf(mail: string): Promise<string> {
  const found = (await read(mail)).map(([kind, type, code, , effects]) =>
    [kind, type, code, effects].filter(Boolean).join(" ")
  );
  return found.join(", ") || "nothing";
}

/** Parts of a report (RFC 6522). */
export interface ReportShape {
  /** Text for people. */
  readonly text?: string;
  /** Content of the machine-readable part; absent: none. */
  readonly status?: string;
  readonly statusType?: string;
  /** The returned mail or its header; absent: none. */
  readonly returned?: string;
  readonly returnedType?: string;
  /** Field Content-Type of the report, without its boundary. */
  readonly type?: string;
  /** Further fields of the header. */
  readonly header?: string;
}

/** Header of the returned mail. */
export const RETURNED =
  `From: news@example.com\nSubject: News\nMessage-ID: <${DELIVERY}@example.com>\n`;

/** Builds a report with up to three parts. */
export function reportMail(
  {
    text = "Your message could not be delivered.",
    status,
    statusType = "message/delivery-status",
    returned,
    returnedType = "message/rfc822",
    type = "multipart/report; report-type=delivery-status",
    header = "From: MAILER-DAEMON@relay.example\n",
  }: ReportShape,
): string {
  const part = (type: string, content?: string) =>
    content === undefined ? "" : `--b1\nContent-Type: ${type}\n\n${content}\n`;
  return `${header}To: news@example.com\nSubject: Report\nMIME-Version: 1.0\n` +
    `Content-Type: ${type}; boundary="b1"\n\n` +
    part("text/plain", text) + part(statusType, status) + part(returnedType, returned) + "--b1--\n";
}
