import assert from "node:assert/strict";
import { makeDataDir } from "./data_dir.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).href;
const SETTINGS = { DATABASE_URL: "", SMTP_URLS: "", ADMIN_API_KEY: "", LOG_LEVEL: "error" };

/** The program in a process of its own. */
export interface Program {
  readonly address: string;
  readonly key: string;
  readonly process: Deno.ChildProcess;
  /** Sends SIGTERM; returns the exit code. */
  stop(): Promise<number>;
}

/**
 * Starts `serve` on a free port, and reads the address and the key from its output.
 *
 * @param settings environment variables besides the defaults
 * @param flags of `serve`
 * @param openFiles limit of open files (ulimit -n); absent: that of the test
 */
export async function startProgram(
  settings: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
  openFiles?: number,
): Promise<Program> {
  const process = run(["serve", "--port", "0", ...flags], settings, { stdout: "piped", openFiles });
  const started = Promise.withResolvers<Program>();
  let output = "";
  readAll(process, (printed) => {
    output = printed;
    const address = /ready at (http:\S+)\/graphql/.exec(printed)?.[1];
    const key = settings.ADMIN_API_KEY || /shown once\): (\S+)/.exec(printed)?.[1];
    if (address && key) {
      started.resolve({ address, key, process, stop: () => stop(process, () => output) });
    }
  }).then((printed) =>
    started.reject(new Error(`The program exited before it was ready; its output: ${printed}`))
  );
  return await started.promise;
}

/** Runs a command and returns when it has exited. */
export async function runProgram(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly printed: string; readonly errors: string }> {
  const process = run(args, settings, { stdout: "piped", stderr: "piped" });
  const { code, stdout, stderr } = await process.output();
  const text = new TextDecoder();
  return { code, printed: text.decode(stdout), errors: text.decode(stderr) };
}

/** A command that runs until it is interrupted. */
export interface RunningCommand {
  /** Everything that it has printed so far, standard error included. */
  printed(): string;
  /** Sends SIGINT, as Ctrl-C does; returns the exit code. */
  interrupt(): Promise<number>;
}

/** Starts a command that runs until it is interrupted. */
export function startCommand(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): RunningCommand {
  const process = run(args, settings, { stdout: "piped", stderr: "piped" });
  let printed = "";
  const outputs = [process.stdout, process.stderr].map(async (output) => {
    for await (const text of output.pipeThrough(new TextDecoderStream())) printed += text;
  });
  return {
    printed: () => printed,
    async interrupt() {
      process.kill("SIGINT");
      const [{ code }] = await Promise.all([process.status, ...outputs]);
      return code;
    },
  };
}

/** Reads the output to its end, so that the program never blocks on a full pipe. */
async function readAll(
  process: Deno.ChildProcess,
  onText: (printed: string) => void,
): Promise<string> {
  let printed = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    onText(printed);
  }
  return printed;
}

/** Starts `worker`, which serves no requests. */
export function startWorkerProgram(
  settings: Readonly<Record<string, string>>,
): Pick<Program, "process" | "stop"> {
  const process = run(["worker"], settings, { stdout: "null" });
  return { process, stop: () => stop(process) };
}

interface RunOptions {
  readonly stdout: "piped" | "null";
  readonly stderr?: "piped" | "inherit";
  readonly openFiles?: number;
}

function run(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  { stdout, stderr = "inherit", openFiles }: RunOptions,
): Deno.ChildProcess {
  const command = [Deno.execPath(), "run", "-NRWES", MAIN, ...args];
  // The shell replaces itself, so that signals reach the program.
  const limited = ["sh", "-c", `ulimit -n ${openFiles}; exec "$0" "$@"`, ...command];
  const [name = "", ...rest] = openFiles === undefined ? command : limited;
  return new Deno.Command(name, {
    args: rest,
    env: { ...SETTINGS, DATA_DIR: makeDataDir(), ...settings },
    stdout,
    stderr,
  }).spawn();
}

async function stop(process: Deno.ChildProcess, output = () => ""): Promise<number> {
  try {
    process.kill("SIGTERM");
  } catch (cause) {
    const { code, signal } = await process.status;
    throw new Error(
      `The program ended with ${
        signal ?? `code ${code}`
      } before it was stopped; its output: ${output()}`,
      { cause },
    );
  }
  return (await process.status).code;
}

/** Sends an operation to the GraphQL endpoint of the program; throws on errors in the response. */
export async function request<Data>(
  { address, key }: Pick<Program, "address" | "key">,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data;
}
