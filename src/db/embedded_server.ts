/// <reference lib="deno.worker" />
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
