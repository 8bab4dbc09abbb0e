import assert from "node:assert/strict";
import { listSources, pathOf } from "./support/imports.ts";

interface DocumentedModule {
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly {
      readonly kind: string;
      readonly declarationKind: "export" | "private" | "declare";
      readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly unknown[] };
    }[];
  }[];
}

// Constants are left out: their names and values are usually enough.
const KINDS: readonly string[] = ["function", "class", "interface", "typeAlias"];

// `deno doc --lint` demands the same of every field too, and refuses types of other files.
Deno.test("every exported function, class and type has a docstring", async () => {
  const paths = await listSources(["src", "schema/kit"]);
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...paths],
    cwd: new URL("../", import.meta.url),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { nodes }: { nodes: Record<string, DocumentedModule> } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  assert.equal(Object.keys(nodes).length, paths.length);
  const undocumented = Object.entries(nodes).flatMap(([file, { symbols }]) =>
    symbols
      .filter(({ declarations }) =>
        declarations.some(({ kind, declarationKind, jsDoc }) =>
          declarationKind === "export" && KINDS.includes(kind) && !jsDoc?.doc &&
          !jsDoc?.tags?.length
        )
      )
      .map(({ name }) =>
        `${
          pathOf(file)
        }: ${name} has no docstring: describe what it does, takes, returns and throws`
      )
  );
  assert.equal(undocumented.join("\n"), "");
});
