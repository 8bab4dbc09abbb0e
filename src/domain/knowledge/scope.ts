import { normalizeEmailAddress } from "../email_address.ts";

/** Scope of a fact for all mails. */
export const ALL = "all";

/** Kind of a scope: all mails, those about a topic, or those of an address or a domain. */
export type ScopeKind = "ALL" | "TOPIC" | "SENDER" | "DOMAIN";

/** SQL: whether a fact is for a mail, by the second and third of `ScopeParameters`. */
export const IN_SCOPE = "(scope = any($2) or $3 and scope like 'topic:%')";

/** First parameters of a statement that finds facts for a mail. */
export type ScopeParameters = [organizationId: string, scopes: string[], everyTopic: boolean];

const MAX_SCOPE = 330;
const MAX_TOPIC = 100;

/** Normal form of the name of a topic, at most 100 characters; empty: it is no name. */
export function topicName(text: string): string {
  const name = text.normalize("NFKC").toLowerCase().replace(/[\p{Z}\p{C}]+/gu, " ").trim();
  return [...name.toWellFormed()].slice(0, MAX_TOPIC).join("").trim();
}

/**
 * Reads the scope of a fact: `all`, `topic:<name>`, `sender:<address>` or `domain:<domain>`.
 *
 * @returns its normal form; null for any other text
 */
export function readScope(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.toLowerCase() === ALL) return ALL;
  const [, kind = "", rest = ""] = /^(topic|sender|domain):(.+)$/isu.exec(trimmed) ?? [];
  const value = valueOf(kind.toLowerCase(), rest.trim());
  const scope = `${kind.toLowerCase()}:${value}`;
  return value === null || scope.length > MAX_SCOPE ? null : scope;
}

function valueOf(kind: string, text: string): string | null {
  if (kind === "topic") return topicName(text) || null;
  if (/[\p{Z}\p{C}]/u.test(text)) return null;
  if (kind === "sender") {
    return /^[^@]+@[^@]+$/.test(text) ? normalizeEmailAddress(text) : null;
  }
  const domain = text.replace(/^@/, "");
  return kind === "domain" && /^[^@]+$/.test(domain) ? domainOf(`x@${domain}`) : null;
}

/**
 * Returns the scopes that contain a mail.
 *
 * @param sender address of the other party
 * @param topic null: not known, so that facts of every topic may be for it
 */
export function scopesOf(
  sender: string,
  topic: string | null,
): { readonly scopes: string[]; readonly everyTopic: boolean } {
  const address = normalizeEmailAddress(sender.trim());
  const scopes = [ALL, `sender:${address}`, `domain:${domainOf(address)}`];
  return topic === null
    ? { scopes, everyTopic: true }
    : { scopes: [...scopes, `topic:${topicName(topic)}`], everyTopic: false };
}

function domainOf(address: string): string {
  return normalizeEmailAddress(address).replace(/^.*@/s, "");
}
