/// <reference lib="deno.worker" />
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

interface Start {
  readonly directory: string;
  /** Path of the socket. */
  readonly socket: string;
  /** SQL for the single session that all clients share. */
  readonly settings: string;
}

// Runs in a Worker, so that PGlite does not block the thread that serves requests.
self.onmessage = async (event: MessageEvent<Start>) => {
  try {
    const db = await PGlite.create(event.data.directory);
    await restrictFiles(event.data.directory);
    await db.exec(event.data.settings);
    const server = new PGLiteSocketServer({ db, path: event.data.socket, maxConnections: 1 });
    await server.start();
    self.onmessage = async () => {
      await server.stop();
      await db.close();
      self.postMessage({ closed: true });
    };
    self.postMessage({ ready: true });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};

// PGlite makes the files of a new database writable for everybody, whatever the umask.
async function restrictFiles(directory: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // A failure is ignored, because the directory, which the program restricts at its start, protects the files.
  await Promise.allSettled(
    files.map(({ parentPath, name }) => Deno.chmod(join(parentPath, name), 0o600)),
  );
}
