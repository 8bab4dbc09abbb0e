/** Exit codes of the commands of a client. */
export const EXIT = { failed: 1, usage: 2, notSignedIn: 4 } as const;

/** Failure of a command; its message is printed without a stack trace. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  /**
   * @param message failed action, object, reason and remedy
   * @param exitCode see `EXIT`
   */
  constructor(message: string, readonly exitCode: number = EXIT.failed) {
    super(message);
  }
}
