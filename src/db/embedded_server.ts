import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { locks, parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import type { EmbeddedReply, EmbeddedSettings } from "./embedded_worker.ts";

const LOCK_WAIT_MS = 10_000;
const LOCK_POLL_MS = 50;

// Runs in a thread of its own, so that PGlite does not block the one that serves requests.
async function serve({ directory, lock, socket, settings }: EmbeddedSettings): Promise<void> {
  await waitForLock(lock);
  const db = new WatchedPGlite(directory, { extensions: { vector } });
  await db.waitReady;
  db.reportAborts();
  await restrictFiles(directory);
  await db.exec(settings);
  const server = new PGLiteSocketServer({ db, path: socket, maxConnections: 1 });
  await server.start();
  parentPort?.on("message", async (message: "ping" | "close") => {
    if (message === "ping") return reply("pong");
    await server.stop();
    await db.close();
    reply("closed");
  });
  reply("ready");
}

function reply(message: EmbeddedReply): void {
  parentPort?.postMessage(message);
}

// A terminated thread may still be running, and two threads that write the same files would destroy them.
async function waitForLock(path: string): Promise<void> {
  const file = await Deno.open(path, { create: true, write: true });
  const deadline = performance.now() + LOCK_WAIT_MS;
  while (!await file.tryLock(true)) {
    if (performance.now() > deadline) throw new Error("its previous thread has not ended");
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

/** PGlite that reports when its WebAssembly program aborts. */
class WatchedPGlite extends PGlite {
  // PGlite ignores every exception of the program: the statement would succeed without rows. An error of a
  // statement is an exception too, but no instance of Error, unlike a stack overflow.
  reportAborts(): void {
    const { mod } = this;
    if (!mod) throw new Error("PGlite has not started");
    const run = mod._PostgresMainLoopOnce;
    mod._PostgresMainLoopOnce = () => {
      try {
        run();
      } catch (error) {
        if (error instanceof Error) stop(error);
        throw error;
      }
    };
  }
}

// Blocks this thread until it is terminated, because the state in its memory must not reach clients and files.
function stop(error: Error): void {
  reply({ failure: error.message });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

// PGlite makes the files of a new database writable for all users, whatever the umask.
async function restrictFiles(directory: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // A failure is ignored, because the directory, which the program restricts at its start, protects the files.
  await Promise.allSettled(
    files.map(({ parentPath, name }) => Deno.chmod(join(parentPath, name), 0o600)),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Deno interrupts a thread that is blocked by a statement only if the thread holds a Web Lock.
const held = Promise.withResolvers<void>();
locks.request(crypto.randomUUID(), () => {
  held.resolve();
  return new Promise(() => {});
});
await held.promise;
await serve(workerData).catch((error) => reply({ failure: reasonOf(error) }));
