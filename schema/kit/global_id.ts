import { fromTypeId, type Noun, parseTypeId, toTypeId } from "../../src/domain/id.ts";
import { NotFoundError } from "../../src/domain/errors.ts";

/** Types of the API that implement Node, with the noun of their ids. */
const NOUNS: ReadonlyMap<string, Noun> = new Map([
  ["Organization", "organization"],
  ["Viewer", "viewer"],
  ["ApiKey", "apiKey"],
  ["Notification", "notification"],
  ["Problem", "problem"],
  ["Job", "job"],
  ["Schedule", "schedule"],
  ["Template", "template"],
  ["Audience", "audience"],
  ["Message", "message"],
  ["Batch", "batch"],
  ["Delivery", "delivery"],
  ["BulkAction", "bulkAction"],
  ["Suppression", "suppression"],
  ["Contact", "contact"],
  ["Campaign", "campaign"],
  ["Quote", "quote"],
  ["QuoteImage", "quoteImage"],
  ["Suggestion", "suggestion"],
  ["Thread", "thread"],
  ["Email", "email"],
  ["Fact", "fact"],
  ["Knowledge", "knowledge"],
  ["LearningRun", "learningRun"],
  ["Order", "order"],
  ["WebhookEndpoint", "webhookEndpoint"],
  ["WebhookCall", "webhookCall"],
  ["Prompt", "prompt"],
  ["AiCall", "aiCall"],
  ["PromptTrial", "promptTrial"],
  ["Worker", "worker"],
  ["Provider", "provider"],
  ["Installation", "installation"],
  ["Overview", "overview"],
]);
const TYPENAMES: ReadonlyMap<Noun, string> = new Map(
  Array.from(NOUNS, ([typename, noun]) => [noun, typename]),
);

/**
 * Makes the global id of an object, which is its TypeID.
 *
 * @param typename of the API: "Job"
 * @param id of the database
 */
export function encodeId(typename: string, id: string | number | bigint): string {
  const noun = NOUNS.get(typename);
  if (!noun) throw new Error(`Cannot make an id for type ${typename}: add its noun to NOUNS`);
  return toTypeId(noun, String(id));
}

/**
 * Reads a global id.
 *
 * @returns the type of the API and the database id
 * @throws {NotFoundError} if it is not a TypeID, or the noun has no type in the API
 */
export function decodeId(typeId: string): { typename: string; id: string } {
  const parsed = parseTypeId(typeId);
  const typename = parsed && TYPENAMES.get(parsed.noun);
  if (!parsed || !typename) throw new NotFoundError([typeId]);
  return { typename, id: parsed.id };
}

/**
 * Reads the id argument of a query for one object.
 *
 * @param path of the argument
 * @returns the database id; null for a text that is not a TypeID, so that the query returns null
 * @throws {InvalidInputError} for the id of another noun
 */
export function lookupId(noun: Noun, typeId: string, path?: readonly string[]): string | null {
  return parseTypeId(typeId) && fromTypeId(noun, typeId, path);
}
