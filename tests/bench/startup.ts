// Seconds from the command to the first response of /readyz, with cached dependencies.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "../support/database.ts";
import { startProgram } from "../support/program.ts";
import { measureAlternately, report } from "./report.ts";

const ROUNDS = 5;
const ADMIN_API_KEY = "key-of-this-bench";

async function secondsToReady(settings: Record<string, string>): Promise<number> {
  const start = performance.now();
  const { address, stop } = await startProgram({ ...settings, ADMIN_API_KEY });
  const answer = await fetch(`${address}/readyz`);
  const seconds = (performance.now() - start) / 1_000;
  if (!answer.ok) throw new Error(`Not ready: ${await answer.text()}`);
  await answer.body?.cancel();
  await stop();
  return seconds;
}

async function onEmbedded(starts: number): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), "waybill-bench-"));
  let seconds = NaN;
  for (let i = 0; i < starts; i++) seconds = await secondsToReady({ DATA_DIR: dataDir });
  await rm(dataDir, { recursive: true });
  return seconds;
}

async function onPostgres(): Promise<number> {
  const { url, close } = await testDatabase();
  const seconds = await secondsToReady({ DATABASE_URL: url });
  await close();
  return seconds;
}

const medians = await measureAlternately(ROUNDS, {
  "ready on the embedded database, first start": () => onEmbedded(1),
  "ready on the embedded database, second start": () => onEmbedded(2),
  "ready on PostgreSQL": onPostgres,
});
for (const [what, seconds] of Object.entries(medians)) report(what, `${seconds.toFixed(2)} s`);
