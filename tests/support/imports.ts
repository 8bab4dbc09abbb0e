import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Graph, Import } from "./architecture.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Resolved {
  readonly specifier?: string;
}

// A module in `deno info --json`; `code` and `type` are the resolved targets of an import.
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: Resolved;
    readonly type?: Resolved;
  }[];
}

/** The TypeScript files in the given folders, by path from the repository's root. */
export async function listSources(folders: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  const walk = async (directory: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${directory}`)) {
      const path = `${directory}/${name}`;
      if (isDirectory && name !== "node_modules") await walk(path);
      else if (/\.tsx?$/.test(name)) paths.push(path);
    }
  };
  for (const folder of folders) {
    await walk(folder).catch((error) => {
      // Not every listed folder exists yet.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return paths.sort();
}

export function readSource(path: string): Promise<string> {
  return Deno.readTextFile(`${ROOT}${path}`);
}

/** Imports of the files in `paths`, as resolved by Deno. */
export async function readImports(paths: readonly string[]): Promise<Graph> {
  const all = await Deno.makeTempFile({ suffix: ".ts" });
  const lines = paths.map((path) => `import "${pathToFileURL(`${ROOT}${path}`)}";`);
  await Deno.writeTextFile(all, lines.join("\n"));
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", `${ROOT}deno.json`, all],
  }).output();
  await Deno.remove(all);
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  const info: { modules: ModuleInfo[] } = JSON.parse(new TextDecoder().decode(stdout));
  return new Map(
    info.modules
      .map((module): [string, Import[]] => [pathOf(module.specifier), importsOf(module)])
      .filter(([path]) => paths.includes(path)),
  );
}

function importsOf({ dependencies = [] }: ModuleInfo): Import[] {
  return dependencies.map(({ specifier, code, type }) => ({
    to: pathOf((code ?? type)?.specifier ?? specifier),
    typesOnly: code === undefined,
  }));
}

/** Path of a file: URL from the root of the repository; specifiers of packages are returned unchanged. */
export function pathOf(specifier: string): string {
  if (!specifier.startsWith("file:")) return specifier;
  return relative(ROOT, fileURLToPath(specifier)).replaceAll(sep, "/");
}
