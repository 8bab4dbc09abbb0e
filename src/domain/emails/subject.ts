// Prefixes that mail programs of several languages put before the subject of an answer or a forwarded mail, some of
// them with a counter: "Re[2]:".
const PREFIXES =
  /^(?:\s*(?:re|r|fwd?|aw|antw|wg|sv|vs|vb|tr|rif|rv|enc|res|ref|odp|pd|ynt|ilt|回复|答复|转发)\s*(?:[[(]\d+[\])])?\s*[::])+\s*/iu;
const MAX_LENGTH = 200;

/**
 * Returns the form of a subject that all mails of a conversation share: without prefixes such as "Re:", in lower
 * case, with single spaces, and at most 200 characters long.
 */
export function subjectKeyOf(subject: string): string {
  const key = subject.replace(PREFIXES, "").trim().replace(/\s+/g, " ").toLowerCase();
  return key.slice(0, MAX_LENGTH).toWellFormed();
}
