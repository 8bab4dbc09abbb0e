// Renders a template that is stuck, and prints the CPU time in milliseconds that the process uses in the second
// after its thread was replaced. In a process of its own, because other tests use CPU time, too.
import process from "node:process";
import { RenderingPool } from "../../../src/domain/templates/pool.ts";
import { sleep } from "../until.ts";

const text = `{% assign list = (1..3000000) %}
  {{ list | where_exp: "item", "item ${"| plus: 1 ".repeat(50)}" | size }}`;
const values = { address: "ada@example.com", name: "Ada", variables: {} };
const pool = new RenderingPool();
const reason = await pool.render({ organizationId: "a" }, { subject: "Hello", text }, values)
  .then(() => null, (error: Error) => error.message);
const { user } = process.cpuUsage();
await sleep(1_000);
const usedMs = (process.cpuUsage().user - user) / 1_000;
pool.close();
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ reason, usedMs })));
