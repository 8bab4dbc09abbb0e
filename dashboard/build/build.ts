// Builds the dashboard into dashboard/dist, which the server reads. It imports no package, so that it can
// report that packages cannot be installed.
// deno-lint-ignore-file no-console
import { compressFiles } from "./compress.ts";
import { hashSources } from "./sources.ts";
import { lockDist, publish, readState, writeState } from "./dist.ts";

const ROOT = new URL("../", import.meta.url);

/** Runs Vite in a process of its own; returns its output if it failed, else null. */
async function runVite(outDir: string): Promise<string | null> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--frozen", "npm:vite", "build", "--outDir", outDir, "--emptyOutDir"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return null;
  const text = new TextDecoder();
  return `${text.decode(stdout)}\n${text.decode(stderr)}`.replaceAll(/^Download .*\n/gm, "").trim();
}

/** Builds the dashboard; returns false if it cannot be built. The earlier build stays in use then. */
async function build(sources: string): Promise<boolean> {
  const startedAt = new Date().toISOString();
  await writeState({ state: "BUILDING", sources, startedAt });
  const outDir = `dist/next-${Deno.pid}`;
  try {
    const failure = await runVite(outDir);
    if (failure !== null) throw new Error(failure);
    const next = new URL(`${outDir}/`, ROOT);
    await compressFiles(next);
    await publish(next);
    await writeState({ state: "BUILT", sources, startedAt });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`Cannot build the dashboard: ${reason}`);
    await writeState({ state: "FAILED", sources, startedAt, reason });
    return false;
  }
}

const ifStale = Deno.args.includes("--if-stale");
// Tests of a fresh clone start many builds at once; the first one builds for all.
using _lock = await lockDist();
const sources = await hashSources(ROOT);
const state = await readState();
if (!ifStale || state?.state !== "BUILT" || state.sources !== sources) {
  const built = await build(sources);
  if (built) console.log("The dashboard is built");
  // A failed build must not stop the server that was started with it.
  if (!built && !ifStale) Deno.exit(1);
}
