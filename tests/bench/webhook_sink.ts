// Accepts all calls, and prints its URL.
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  async (request) => {
    await request.body?.cancel();
    return new Response(null, { status: 204 });
  },
);
await Deno.stdout.write(new TextEncoder().encode(`http://127.0.0.1:${server.addr.port}/\n`));
