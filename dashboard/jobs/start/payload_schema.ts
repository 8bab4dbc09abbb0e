import type { FieldIssue } from "../../kit/action.ts";

/** Schema of a payload: JSON Schema of an object. */
export type PayloadSchema = Readonly<Record<string, unknown>>;

/** A payload, as it is sent. */
export type Payload = Record<string, unknown>;

/** Field of a payload, for a form. */
export interface PayloadField {
  readonly name: string;
  /** JSON: edited as text, because it is nested or may have several types. */
  readonly type: "TEXT" | "NUMBER" | "INTEGER" | "BOOLEAN" | "CHOICE" | "JSON";
  readonly required: boolean;
  readonly description: string | null;
  /** Texts of a CHOICE. */
  readonly choices: readonly string[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

/** Fields of a payload, in the order of its schema. */
export function fieldsOf(schema: PayloadSchema): PayloadField[] {
  const required = isList(schema.required) ? schema.required : [];
  return Object.entries(objectOf(schema.properties)).map(([name, property]) => {
    const { type, description, minimum, maximum, enum: values } = objectOf(property);
    const choices = isList(values) ? values.filter((value) => typeof value === "string") : [];
    return {
      name,
      type: choices.length > 0 ? "CHOICE" : typeOf(type),
      required: required.includes(name),
      description: typeof description === "string" ? description : null,
      choices,
      minimum: limitOf(minimum),
      maximum: limitOf(maximum),
    };
  });
}

/** Paths of all fields of some schemas, "customer.city" for nested ones, sorted. */
export function payloadPaths(schemas: readonly PayloadSchema[]): string[] {
  return [...new Set(schemas.flatMap((schema) => pathsOf(schema, "")))].sort();
}

function pathsOf(schema: PayloadSchema, prefix: string): string[] {
  return Object.entries(objectOf(schema.properties)).flatMap(([name, property]) => [
    `${prefix}${name}`,
    ...pathsOf(objectOf(property), `${prefix}${name}.`),
  ]);
}

/** Parses a payload. Returns null if the text is not JSON, or not an object. */
export function parsePayload(text: string): Payload | null {
  const value = parseJson(text);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Payload
    : null;
}

/** Parses JSON; undefined if it is malformed, which no JSON text means. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Text of a payload, as editors show it. */
export function formatPayload(payload: unknown): string {
  return JSON.stringify(payload, null, 2);
}

/** Issues of the payload among those of an input, with their paths inside the payload. */
export function payloadIssues(issues: readonly FieldIssue[] | undefined): FieldIssue[] {
  return (issues ?? []).filter(({ path }) => path[0] === "payload")
    .map(({ path, message }) => ({ path: path.slice(1), message }));
}

/** Position and length of the key that a path names in a JSON text; of the innermost one that is there. */
export function findPath(text: string, path: readonly string[]): [start: number, end: number] {
  let found: [number, number] = [0, 0];
  for (const name of path) {
    const key = JSON.stringify(name);
    const start = text.indexOf(key, found[1]);
    if (start >= 0) found = [start, start + key.length];
  }
  return found;
}

function typeOf(type: unknown): PayloadField["type"] {
  switch (type) {
    case "string":
      return "TEXT";
    case "number":
      return "NUMBER";
    case "integer":
      return "INTEGER";
    case "boolean":
      return "BOOLEAN";
    default:
      return "JSON";
  }
}

// Schemas name the largest exact numbers where there is no limit.
function limitOf(limit: unknown): number | undefined {
  return typeof limit === "number" && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined;
}

function objectOf(value: unknown): PayloadSchema {
  return typeof value === "object" && value !== null ? value as PayloadSchema : {};
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
