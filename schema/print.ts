import { minifyIntrospection, outputIntrospectionFile } from "@gql.tada/internal";
import { introspectionFromSchema, lexicographicSortSchema, printSchema } from "graphql";
import { schema } from "./schema.ts";

const FILE = new URL("schema.graphql", import.meta.url);
// Types for the operations of the command line; not in the repository, because it follows from the schema.
const INTROSPECTION = new URL("introspection.d.ts", import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

// Usage: deno run schema/print.ts [--check]. Writes schema.graphql; with --check fails if it is stale.
if (!Deno.args.includes("--check")) await Deno.writeTextFile(FILE, printed);
else if (await Deno.readTextFile(FILE) !== printed) {
  throw new Error("schema/schema.graphql is stale: run `deno task schema` and commit it");
}
const introspection = minifyIntrospection(introspectionFromSchema(schema));
await Deno.writeTextFile(
  INTROSPECTION,
  outputIntrospectionFile(introspection, { fileType: ".d.ts", shouldPreprocess: true }),
);
