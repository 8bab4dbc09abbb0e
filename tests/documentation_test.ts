import assert from "node:assert/strict";
import { listSources, pathOf } from "./support/imports.ts";

interface DocumentedModule {
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly {
      readonly declarationKind: "export" | "private" | "declare";
      readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly unknown[] };
    }[];
  }[];
}

// What people call or build against; elsewhere names explain themselves.
const PUBLIC = /^src\/domain\/[a-z]+\/operations\.ts$|^src\/channels\/channel\.ts$/;

// `deno doc --lint` asks the same, but of every field too, and refuses types of other files.
Deno.test("every operation, and everything of a channel, says what it is", async () => {
  const paths = (await listSources(["src"])).filter((path) => PUBLIC.test(path));
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
        declarations.some(({ declarationKind, jsDoc }) =>
          declarationKind === "export" && !jsDoc?.doc && !jsDoc?.tags?.length
        )
      )
      .map(({ name }) =>
        `${name} of ${pathOf(file)} has no comment: say what it does, takes and throws`
      )
  );
  assert.equal(undocumented.join("\n"), "");
});
