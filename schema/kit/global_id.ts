import { fromTypeId, type Noun, parseTypeId, toTypeId } from "../../src/domain/id.ts";
import { NotFoundError } from "../../src/domain/errors.ts";

// The types of the API that stand for a noun with ids of its own.
const NOUNS: Readonly<Record<string, Noun>> = {
  Organization: "organization",
  Viewer: "viewer",
  ApiKey: "apiKey",
  Job: "job",
  Audience: "audience",
  Message: "message",
  Delivery: "delivery",
  Suppression: "suppression",
  Worker: "worker",
  Provider: "provider",
  Installation: "installation",
};

/**
 * The TypeID of an object, which is its global id as it stands.
 *
 * @param typename of the API: "Job"
 * @param id of the database
 */
export function encodeId(typename: string, id: string | number | bigint): string {
  const noun = NOUNS[typename];
  if (!noun) throw new Error(`Cannot make an id: the type ${typename} stands for no noun`);
  return toTypeId(noun, String(id));
}

/**
 * The type and database id of a TypeID.
 *
 * @throws {NotFoundError} when it is none, or none that the API shows
 */
export function decodeId(typeId: string): { typename: string; id: string } {
  const parsed = parseTypeId(typeId);
  const [typename] = Object.entries(NOUNS).find(([, noun]) => noun === parsed?.noun) ?? [];
  if (!parsed || !typename) throw new NotFoundError([typeId]);
  return { typename, id: parsed.id };
}

/** The database id of a looked-up object; null for what is no id at all. */
export function lookupId(noun: Noun, typeId: string, path?: readonly string[]): string | null {
  return parseTypeId(typeId) && fromTypeId(noun, typeId, path);
}
