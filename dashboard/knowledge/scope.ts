import type { VariablesOf } from "../api/graphql.ts";
import type { FactsQuery } from "./fact_fields.ts";

/** Kind of a scope. */
export type ScopeKind = NonNullable<VariablesOf<typeof FactsQuery>["scopes"]>[number];

/** All kinds of scopes. */
export const SCOPE_KINDS: readonly ScopeKind[] = ["ALL", "TOPIC", "SENDER", "DOMAIN"];

const LABELS: Readonly<Record<ScopeKind, string>> = {
  ALL: "All mails",
  TOPIC: "Topic",
  SENDER: "Sender",
  DOMAIN: "Domain",
};

/** Word for a kind of scope. */
export function scopeKindLabel(kind: ScopeKind): string {
  return LABELS[kind];
}

/** "topic:shipping" → the kind TOPIC and the value "shipping" */
export function readScope(scope: string): { readonly kind: ScopeKind; readonly value: string } {
  const kind = SCOPE_KINDS.find((kind) => scope.startsWith(`${kind.toLowerCase()}:`));
  return kind ? { kind, value: scope.slice(kind.length + 1) } : { kind: "ALL", value: "" };
}

/** The kind TOPIC and the value "shipping" → "topic:shipping" */
export function writeScope(kind: ScopeKind, value: string): string {
  return kind === "ALL" ? "all" : `${kind.toLowerCase()}:${value}`;
}

/** Scope in words: "All mails", "Topic shipping" */
export function scopeText(scope: string): string {
  const { kind, value } = readScope(scope);
  return kind === "ALL" ? LABELS.ALL : `${LABELS[kind]} ${value}`;
}
