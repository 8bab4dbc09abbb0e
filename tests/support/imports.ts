import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Graph, Import } from "./architecture.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

// Installed or generated in dashboard/.
const UNTRACKED = ["node_modules", "dist", "graphql-env.d.ts", "introspection.d.ts"];

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
      if (isDirectory && !UNTRACKED.includes(name)) await walk(path);
      else if (/\.tsx?$/.test(name) && !UNTRACKED.includes(name)) paths.push(path);
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

/** Imports of the files in `paths`, as resolved by Deno with the settings of the part they belong to. */
export async function readImports(paths: readonly string[]): Promise<Graph> {
  const isDashboard = (path: string) => path.startsWith("dashboard/");
  const [dashboard, others] = await Promise.all([
    readPart(paths.filter(isDashboard), "dashboard/deno.json"),
    readPart(paths.filter((path) => !isDashboard(path)), "deno.json"),
  ]);
  return new Map([...others, ...dashboard].filter(([path]) => paths.includes(path)));
}

async function readPart(paths: readonly string[], config: string): Promise<[string, Import[]][]> {
  const all = await Deno.makeTempFile({ suffix: ".ts" });
  const lines = paths.map((path) => `import "${pathToFileURL(`${ROOT}${path}`)}";`);
  await Deno.writeTextFile(all, lines.join("\n"));
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", `${ROOT}${config}`, all],
  }).output();
  await Deno.remove(all);
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  const info: { modules: ModuleInfo[] } = JSON.parse(new TextDecoder().decode(stdout));
  return info.modules.map((module) => [pathOf(module.specifier), importsOf(module)]);
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
