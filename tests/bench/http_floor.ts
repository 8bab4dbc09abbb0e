// The minimal API: one HTTP request inserts one row of JSON. It runs in a process of its own, on the database
// of DATABASE_URL, and prints its port.
import pg from "pg";

const pool = new pg.Pool({ connectionString: Deno.env.get("DATABASE_URL"), max: 10 });
await pool.query("create table floor_messages (id bigserial primary key, payload jsonb)");

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => void Deno.stdout.write(new TextEncoder().encode(`${port}\n`)),
}, async (request) => {
  const { variables } = await request.json();
  const { rows } = await pool.query({
    name: "insert",
    text: "insert into floor_messages (payload) values ($1) returning id",
    values: [JSON.stringify(variables)],
  });
  return Response.json({ data: rows[0] });
});
