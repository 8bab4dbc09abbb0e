/** Cause of an abort. After it the handler must record its work and end soon. */
export type AbortCause = "cancelled" | "timeout" | "stopping" | "lease lost";

/** Reason of an aborted signal. */
export class JobAborted extends Error {
  override readonly name = "JobAborted";

  constructor(readonly abortCause: AbortCause) {
    super(`The job was aborted: ${abortCause}`);
  }
}
