import { lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "./schema.ts";

const FILE = new URL("schema.graphql", import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

// Usage: deno run schema/print.ts [--check]. Writes schema.graphql; with --check fails if it is stale.
if (!Deno.args.includes("--check")) await Deno.writeTextFile(FILE, printed);
else if (await Deno.readTextFile(FILE) !== printed) {
  throw new Error("schema/schema.graphql is stale: run `deno task schema` and commit it");
}
