/** Exit codes of the commands of a client. */
export const EXIT = { failed: 1, usage: 2, notSignedIn: 4 } as const;

/** A command cannot do what was asked. Its message is printed without a stack trace. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  /**
   * @param message the action that failed, on what, why, and what to do about it
   * @param exitCode see `EXIT`
   */
  constructor(message: string, readonly exitCode: number = EXIT.failed) {
    super(message);
  }
}
