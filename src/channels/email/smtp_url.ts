import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

/** Address and settings of one SMTP provider. */
export interface SmtpProvider {
  /** "smtp.example.com:587": without credentials, safe to show. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** True for TLS from the first byte; false for STARTTLS if the server offers it. */
  readonly implicitTls: boolean;
  /** True to refuse a server that does not offer STARTTLS; null: see `requiresTls`. */
  readonly requireTls: boolean | null;
  /** False to accept a certificate that no known authority signed. */
  readonly verifyCertificate: boolean;
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** Name for EHLO: a host name in ASCII or an address literal; null: see `ehlo_name.ts`. */
  readonly ehloName: string | null;
  /** Time limit for the greeting of the server, in milliseconds. */
  readonly greetingMs: number;
  /** Maximum number of connections of one process. */
  readonly connections: number;
  /** Maximum mails per second of all processes together; null for no limit. */
  readonly perSecond: number | null;
}

const DEFAULT_CONNECTIONS = 10;
const MAX_CONNECTIONS = 100;
const OPTIONS = new Set([
  "connections",
  "rate",
  "name",
  "greeting",
  "requireTLS",
  "rejectUnauthorized",
]);
// RFC 5321 §4.5.3.2.1
const DEFAULT_GREETING = "5m";
const GREETING = /^(\d{1,4})(s|m)$/;
const MAX_GREETING_S = 3_600;
// RFC 1123 §2.1. The last label is not a number, because that would be an address without brackets.
const HOST_NAME =
  /^(?=.{1,253}$)(?:(?!-)[a-z\d-]{1,63}(?<!-)\.)*(?!\d+$)(?!-)[a-z\d-]{1,63}(?<!-)$/;
const RATE = /^(\d{1,6}(?:\.\d{1,3})?)\/(s|m|h)$/;
const MIN_PER_SECOND = 1 / 86_400;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Parses a provider's address: `smtp://user:password@host:587` (STARTTLS where offered) or
 * `smtps://user:password@host:465` (implicit TLS). Options follow as a query: `connections=10`,
 * `rate=50/s` (or `/m`, `/h`), `name=mail.example.com` (for EHLO), `greeting=90s` (or `m`),
 * `requireTLS=true` or `false`, `rejectUnauthorized=false`.
 *
 * @throws {TypeError} with the fault, without the password
 */
export function parseSmtpUrl(text: string): SmtpProvider {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url?.hostname || !/^smtps?:$/.test(url.protocol)) {
    throw new TypeError("expected smtp://user:password@host:port or smtps://…");
  }
  const unknown = [...url.searchParams.keys()].find((key) => !OPTIONS.has(key));
  if (unknown) throw new TypeError(`${url.host}: unknown option "${unknown}"`);
  const implicitTls = url.protocol === "smtps:";
  const port = Number(url.port) || (implicitTls ? 465 : 587);
  return {
    name: `${url.hostname}:${port}`,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port,
    implicitTls,
    requireTls: flag(url, "requireTLS"),
    verifyCertificate: flag(url, "rejectUnauthorized") ?? true,
    credentials: credentials(url),
    ehloName: ehloName(url),
    greetingMs: greetingMs(url),
    connections: connections(url),
    perSecond: perSecond(url),
  };
}

/** Whether the connection must be encrypted: with credentials, unless the server is on this machine. */
export function requiresTls({ requireTls, credentials, host }: SmtpProvider): boolean {
  return requireTls ?? (credentials !== null && !isLoopback(host));
}

function isLoopback(host: string): boolean {
  return /^localhost$/i.test(host) || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/** Converts a host name to ASCII; null if it is none. An address literal is returned as it is. */
export function toHostName(text: string): string | null {
  const [, ipv6, ipv4] = /^\[(?:IPv6:([\da-f:.]+)|([\d.]+))\]$/i.exec(text) ?? [];
  if (ipv6 ?? ipv4) return isIPv6(ipv6 ?? "") || isIPv4(ipv4 ?? "") ? text : null;
  const name = domainToASCII(text).toLowerCase();
  return HOST_NAME.test(name) ? name : null;
}

function ehloName(url: URL): string | null {
  const text = url.searchParams.get("name");
  if (text === null) return null;
  const name = toHostName(text);
  if (name !== null) return name;
  throw new TypeError(
    `${url.host}: name must be a host name or an address literal: name=mail.example.com`,
  );
}

function credentials(url: URL): SmtpProvider["credentials"] {
  if (!url.username && !url.password) return null;
  if (!url.username || !url.password) {
    throw new TypeError(`${url.host}: user and password must be given together`);
  }
  try {
    return {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    };
  } catch {
    throw new TypeError(`${url.host}: write a "%" in user or password as %25`);
  }
}

function connections(url: URL): number {
  const count = Number(url.searchParams.get("connections") ?? DEFAULT_CONNECTIONS);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_CONNECTIONS) return count;
  throw new TypeError(`${url.host}: connections must be a number from 1 to ${MAX_CONNECTIONS}`);
}

function greetingMs(url: URL): number {
  const text = url.searchParams.get("greeting") ?? DEFAULT_GREETING;
  const [, count, unit = ""] = GREETING.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? NaN);
  if (seconds >= 1 && seconds <= MAX_GREETING_S) return seconds * 1_000;
  throw new TypeError(`${url.host}: greeting must be a time from 1s to 60m: greeting=90s`);
}

function perSecond(url: URL): number | null {
  const text = url.searchParams.get("rate");
  if (text === null) return null;
  const [, count, unit = ""] = RATE.exec(text) ?? [];
  const rate = Number(count) / (SECONDS[unit] ?? NaN);
  if (rate >= MIN_PER_SECOND) return rate;
  throw new TypeError(
    `${url.host}: rate must be mails per s, m or h, at least one a day: rate=50/s`,
  );
}

function flag(url: URL, name: string): boolean | null {
  const value = url.searchParams.get(name);
  if (value === null) return null;
  if (value === "true" || value === "false") return value === "true";
  throw new TypeError(`${url.host}: ${name} must be true or false`);
}
