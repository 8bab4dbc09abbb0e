// Opens the embedded database in the given directory, writes a row, prints "holding", and keeps running.
import { statement } from "../../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../../src/db/embedded.ts";

const INSERT = statement<[name: string]>(
  "test.insertOrganization",
  "insert into organizations (id, name) values (uuid_v7(), $1)",
);

const [directory = "", name = ""] = Deno.args;
const db = await openEmbeddedDatabase(directory, (error) => {
  throw error;
});
await db.run(INSERT, name);
await Deno.stdout.write(new TextEncoder().encode("holding\n"));
setInterval(() => {}, 60_000);
