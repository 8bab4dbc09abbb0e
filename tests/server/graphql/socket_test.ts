import assert from "node:assert/strict";
import { closeSocket } from "../../../src/server/graphql/socket.ts";

Deno.test("closeSocket() shortens a reason that exceeds the limit of the protocol", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => closeSocket(socket, 4500, `a${"ü".repeat(100)}`);
    return response;
  });
  const client = new WebSocket(`ws://127.0.0.1:${server.addr.port}`);
  const { code, reason } = await new Promise<CloseEvent>((resolve) => client.onclose = resolve);
  assert.equal(code, 4500);
  assert.equal(reason, `a${"ü".repeat(61)}`);
  await server.shutdown();
});
