import { fromUUID, TypeID } from "typeid-js";
import { uuidv7 } from "uuidv7";
import { invalid, NotFoundError } from "./errors.ts";

// TypeID prefix of each noun.
const PREFIXES = {
  organization: "org",
  apiKey: "key",
  viewer: "viewer",
  worker: "wrk",
  installation: "ins",
  overview: "ovw",
  provider: "prv",
  notification: "ntf",
  problem: "prb",
  job: "job",
  schedule: "sch",
  template: "tpl",
  audience: "aud",
  message: "msg",
  batch: "bat",
  delivery: "dlv",
  bulkAction: "blk",
  suppression: "sup",
  contact: "con",
  campaign: "cmp",
  quote: "quo",
  quoteImage: "img",
  suggestion: "sug",
  order: "ord",
  thread: "thr",
  email: "eml",
  fact: "fct",
  knowledge: "knw",
  learningRun: "lrn",
  webhookEndpoint: "whe",
  webhookCall: "whc",
  prompt: "pmt",
  aiCall: "aic",
  promptTrial: "ptr",
} as const;

/** Kinds of objects that have an id. */
export type Noun = keyof typeof PREFIXES;

/** Maximum number of ids, or of other elements of a list, in one call. */
export const MAX_IDS_PER_CALL = 1_000;

/** Creates a UUIDv7 (RFC 9562), which sorts by its time of creation. */
export function newId(): string {
  return uuidv7();
}

/**
 * Returns a bound of the ids that are created at a time.
 *
 * @param minutes added to the time, because the clocks of processes and of the database differ
 */
export function idBound(time: Date, minutes: number): string {
  const ms = Math.min(Math.max(time.getTime() + minutes * 60_000, 0), 2 ** 48 - 1);
  const hex = ms.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** Converts a database id to a TypeID: `job_01h455vb4pex5vsknk084sn02q`. */
export function toTypeId(noun: Noun, id: string): string {
  // The class would decode each id again to validate it, which takes three times as long.
  return fromUUID(id, PREFIXES[noun]);
}

/** Parses a TypeID into noun and database id; null if it is malformed. */
export function parseTypeId(typeId: string): { noun: Noun; id: string } | null {
  try {
    const parsed = TypeID.fromString(typeId);
    for (const noun of Object.keys(PREFIXES) as Noun[]) {
      if (PREFIXES[noun] === parsed.getType()) return { noun, id: parsed.toUUID() };
    }
    return null;
  } catch {
    return null;
  }
}

/**
 * Converts a TypeID of `noun` to a database id.
 *
 * @param path of the id in the caller's input
 * @throws {InvalidInputError} for the id of another noun
 * @throws {NotFoundError} for a malformed id
 */
export function fromTypeId(noun: Noun, typeId: string, path: readonly string[] = ["id"]): string {
  const parsed = parseTypeId(typeId);
  if (!parsed) throw new NotFoundError([typeId]);
  if (parsed.noun !== noun) {
    throw invalid(path, "WRONG_KIND", `expected the id of ${NAMES[noun]}, got ${typeId}`);
  }
  return parsed.id;
}

/**
 * Converts TypeIDs of `noun` to database ids.
 *
 * @param path of the list in the caller's input
 * @throws {InvalidInputError} for more than 1,000 ids, and for the id of another noun
 * @throws {NotFoundError} naming all malformed ids
 */
export function fromTypeIds(
  noun: Noun,
  typeIds: readonly string[],
  path: readonly string[],
): string[] {
  // Counted before any id is parsed, because there may be a million of them.
  if (typeIds.length > MAX_IDS_PER_CALL) {
    throw invalid(path, "TOO_LONG", `must not contain more than ${MAX_IDS_PER_CALL} ids`);
  }
  const malformed = typeIds.filter((id) => !parseTypeId(id));
  if (malformed.length > 0) throw new NotFoundError(malformed);
  return typeIds.map((id, index) => fromTypeId(noun, id, [...path, `${index}`]));
}

const NAMES: Record<Noun, string> = {
  organization: "an organization (org_…)",
  apiKey: "an API key (key_…)",
  viewer: "a viewer (viewer_…)",
  worker: "a worker (wrk_…)",
  installation: "the installation (ins_…)",
  overview: "an overview (ovw_…)",
  provider: "a provider (prv_…)",
  notification: "a notification (ntf_…)",
  problem: "a problem (prb_…)",
  job: "a job (job_…)",
  schedule: "a schedule (sch_…)",
  template: "a template (tpl_…)",
  audience: "an audience (aud_…)",
  message: "a message (msg_…)",
  batch: "a batch (bat_…)",
  delivery: "a delivery (dlv_…)",
  bulkAction: "a bulk action (blk_…)",
  suppression: "a suppression (sup_…)",
  contact: "a contact (con_…)",
  campaign: "a campaign (cmp_…)",
  quote: "a quote (quo_…)",
  order: "an order (ord_…)",
  quoteImage: "an image of a quote (img_…)",
  suggestion: "a suggested reply (sug_…)",
  thread: "a thread (thr_…)",
  email: "an email (eml_…)",
  fact: "a fact (fct_…)",
  knowledge: "the knowledge of an organization (knw_…)",
  learningRun: "a learning run (lrn_…)",
  webhookEndpoint: "a webhook endpoint (whe_…)",
  webhookCall: "a webhook call (whc_…)",
  prompt: "a version of a prompt (pmt_…)",
  aiCall: "a call of the language model (aic_…)",
  promptTrial: "a trial of a prompt (ptr_…)",
};
