/** One fault in what a caller sent. */
export interface Issue {
  /** From the input's root to the field: ["to", "list", "4711", "address"]. */
  readonly path: readonly string[];
  /** Stable, for programs: "REQUIRED", "TOO_LONG", "MALFORMED" … */
  readonly code: string;
  /** For people. */
  readonly message: string;
}

/** What a caller can understand and act on; everything else is masked at the edge. */
export abstract class DomainError extends Error {}

/** Bad input: nothing was written. */
export class InvalidInputError extends DomainError {
  override readonly name = "InvalidInputError";

  /** @param issues every fault that was found, at least one */
  constructor(readonly issues: readonly Issue[]) {
    super(issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`).join("; "));
  }
}

/** No such object, or one of another organization: the two look the same. */
export class NotFoundError extends DomainError {
  override readonly name = "NotFoundError";

  /** @param ids the TypeIDs, as the caller wrote them */
  constructor(readonly ids: readonly string[]) {
    const named = ids.map((id) => id || '""').join(", ");
    super(`Nothing found with ${ids.length === 1 ? "the id" : "the ids"} ${named}`);
  }
}

/** Why an action does not fit the state that its object is in. */
export type ConflictCode =
  | "ALREADY_FINISHED"
  | "ALREADY_RUNNING"
  | "NOT_PAUSED"
  | "NOT_CANCELLABLE"
  | "NOT_RETRYABLE"
  | "NAME_TAKEN"
  | "NOT_CONFIGURED";

/** The object's state does not allow the action. */
export class ConflictError extends DomainError {
  override readonly name = "ConflictError";

  constructor(readonly code: ConflictCode, reason: string) {
    super(reason);
  }
}

/** The caller's role does not allow the action. */
export class ForbiddenError extends DomainError {
  override readonly name = "ForbiddenError";
}

/** Shorthand for the most common refusal: one fault in one field. */
export function invalid(path: readonly string[], code: string, message: string): InvalidInputError {
  return new InvalidInputError([{ path, code, message }]);
}
