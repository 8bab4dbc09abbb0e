/** One fault in the input of a caller. */
export interface Issue {
  /** Path from the root of the input to the field: ["to", "list", "4711", "address"]. */
  readonly path: readonly string[];
  /** Stable code, for programs: "REQUIRED", "TOO_LONG", "MALFORMED" … */
  readonly code: string;
  /** Text for people; it continues a sentence that begins with the path. */
  readonly message: string;
}

/** Error that a caller can act on. The server masks all other errors. */
export abstract class DomainError extends Error {}

/** The input is invalid; nothing was written. */
export class InvalidInputError extends DomainError {
  override readonly name = "InvalidInputError";

  /** @param issues every fault, at least one */
  constructor(readonly issues: readonly Issue[]) {
    super(issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`).join("; "));
  }
}

/** The object does not exist or belongs to another organization; callers cannot tell which. */
export class NotFoundError extends DomainError {
  override readonly name = "NotFoundError";

  /** @param ids TypeIDs as the caller sent them */
  constructor(readonly ids: readonly string[]) {
    const named = ids.map((id) => id || '""').join(", ");
    super(`Nothing found with ${ids.length === 1 ? "the id" : "the ids"} ${named}`);
  }
}

/** Reason why the state of an object does not allow an action. */
export type ConflictCode =
  | "ALREADY_FINISHED"
  | "ALREADY_RUNNING"
  | "NOT_PAUSED"
  | "NOT_HELD"
  | "NOT_CANCELLABLE"
  | "NOT_RETRYABLE"
  | "NOT_STARTABLE"
  | "NOT_DELETABLE"
  | "NAME_TAKEN"
  | "CHANGED"
  | "IN_USE"
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

/** Creates the error for one fault in one field. */
export function invalid(path: readonly string[], code: string, message: string): InvalidInputError {
  return new InvalidInputError([{ path, code, message }]);
}
