import { useState } from "react";
import { type AnyVariables, type TypedDocumentNode, useClient } from "urql";
import { reasonOf } from "./error_notice.tsx";

/** A fault of one field of the input. */
export interface FieldIssue {
  readonly path: readonly string[];
  readonly message: string;
}

/** Failure of a mutation, in words. */
export interface Failure {
  readonly reason: string;
  /** Code of a ConflictError. */
  readonly code?: string;
  /** Faults by field, for InvalidInputError. */
  readonly issues?: readonly FieldIssue[];
}

const UNANSWERED =
  "The server did not answer, so the change may or may not have been made. Check it before you try again.";

type Payload<Result> = Exclude<Result, Failure | null | undefined>;

/** A mutation with its state. */
export interface Action<Variables, Result> {
  /** Runs the mutation. Returns the payload, or the failure, which `failure` shows from then on, too. */
  readonly run: (variables: Variables) => Promise<Payload<Result> | Failure>;
  readonly running: boolean;
  readonly failure: Failure | null;
  /** Message of the first fault whose path begins so: `issueOf("to", "list")`. */
  readonly issueOf: (...path: string[]) => string | undefined;
  readonly clear: () => void;
}

/** True if a mutation failed. */
export function isFailure(result: object): result is Failure {
  return "reason" in result;
}

/**
 * Prepares a mutation.
 *
 * @param pick reads the result, a union of the payload and the errors, which selects the fragment Failure
 */
export function useAction<Data, Variables extends AnyVariables, Result extends object | null>(
  mutation: TypedDocumentNode<Data, Variables>,
  pick: (data: Data) => Result,
): Action<Variables, Result> {
  const client = useClient();
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  async function perform(variables: Variables): Promise<Payload<Result> | Failure> {
    const { data, error } = await client.mutation(mutation, variables).toPromise();
    const result = data && pick(data);
    if (error?.networkError) return { reason: UNANSWERED };
    if (!result) return { reason: error ? reasonOf(error) : "The server sent no result." };
    return isFailure(result) ? result : result as Payload<Result>;
  }

  return {
    running,
    failure,
    issueOf: (...path) =>
      failure?.issues?.find((issue) => path.every((part, n) => issue.path[n] === part))?.message,
    clear: () => setFailure(null),
    async run(variables) {
      setRunning(true);
      setFailure(null);
      const result = await perform(variables);
      setRunning(false);
      if (isFailure(result)) setFailure(result);
      return result;
    },
  };
}

/** Reason of a failure, or null: the answer that a question of `Confirm` expects. */
export function failureOf(result: object): string | null {
  return isFailure(result) ? result.reason : null;
}
