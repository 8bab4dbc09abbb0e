import { stripTypeScriptTypes } from "node:module";

/**
 * Starts the TypeScript compiler of Deno on this thread. Deno compiles a file again to map the stack trace of
 * an error if the compiled file cannot be opened, as when the limit of open files is reached. The compiler's
 * first start on the main thread reads /proc/self/maps; if that cannot be opened, Deno aborts the process.
 */
export function prepareStackTraces(): void {
  // A statement without a block does not start the part that reads the file.
  stripTypeScriptTypes("if (1) {}");
}
