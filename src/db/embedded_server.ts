/// <reference lib="deno.worker" />
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

// Runs in a Worker: PGlite computes on its thread's time, not on that of the requests.
self.onmessage = async (event: MessageEvent<{ directory: string; socket: string }>) => {
  try {
    const db = await PGlite.create(event.data.directory);
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
