/** An import, from the importing file's point of view; paths start at the repository's root. */
export interface Import {
  readonly to: string;
  readonly typesOnly: boolean;
}

/** Who imports whom. Specifiers of packages stand as they resolve: npm:…, node:…, https:… */
export type Graph = ReadonlyMap<string, readonly Import[]>;

const ENTRIES: readonly string[] = [
  "src/main.ts",
  "demo/demo.ts",
  // Started as a Worker, so nothing imports it.
  "src/db/embedded_server.ts",
  // Understood already; the jobs that call the model are to come.
  "src/ai/openai_failure.ts",
  "schema/print.ts",
];

// What each folder may import beside itself; no folder may import an entry.
const MAY_IMPORT: Readonly<Record<string, { code: readonly string[]; types: readonly string[] }>> =
  {
    schema: { code: ["src/domain"], types: ["src/events"] },
    "src/server": { code: ["src/domain"], types: [] },
    "src/app": {
      code: ["src/queue", "src/handlers", "src/sending", "src/domain", "src/channels"],
      types: [],
    },
    "src/handlers": { code: ["src/queue", "src/domain", "src/sending", "src/channels"], types: [] },
    "src/queue": { code: ["src/domain", "src/events"], types: [] },
    "src/sending": { code: ["src/domain", "src/channels", "src/queue"], types: [] },
    "src/domain": { code: ["src/db", "src/events"], types: ["src/channels", "src/ai"] },
    "src/channels": { code: [], types: [] },
    "src/ai": { code: [], types: [] },
    "src/events": { code: [], types: [] },
    "src/db": { code: [], types: [] },
    "src/config": { code: ["src/channels"], types: [] },
    dashboard: { code: [], types: [] },
    demo: { code: [], types: [] },
  };

// Each imports those before it.
const NOUNS: readonly string[] = [
  "access",
  "live",
  "jobs",
  "schedules",
  "templates",
  "audiences",
  "suppressions",
  "providers",
  "deliveries",
  "messages",
  "installation",
];

/** Imports that the table of folders and the order of nouns do not allow. */
export function findForbiddenImports(graph: Graph): string[] {
  return edges(graph).flatMap(([from, { to, typesOnly }]) => {
    const fault = forbidden(from, to, typesOnly);
    return fault ? [`${from} imports ${to}: ${fault}`] : [];
  });
}

function forbidden(from: string, to: string, typesOnly: boolean): string | null {
  if (isPackage(to)) {
    return /^(npm|node):/.test(to)
      ? null
      : "take packages from npm only, and pin them in deno.json";
  }
  if (to === "src/main.ts") return "main.ts puts the parts together; move what is shared out of it";
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === "tests" || from === "src/main.ts") return null;
  if (source === "src/domain" && target === source) return nounFault(from, to);
  if (source === target) return null;
  const allowed = MAY_IMPORT[source];
  if (!allowed) {
    return `${source} has no row in the table of tests/support/architecture.ts; add one`;
  }
  if (allowed.code.includes(target)) return null;
  if (!allowed.types.includes(target)) {
    const folders = [...allowed.code, ...allowed.types.map((name) => `types of ${name}`)];
    return `${source} may import ${folders.join(", ") || "nothing outside itself"}; ` +
      "move the code, or hand it over as an argument";
  }
  return typesOnly ? null : `${source} may import types only of ${target}; say import type`;
}

function nounFault(from: string, to: string): string | null {
  const [source, target] = [nounOf(from), nounOf(to)];
  if (target === null || source === target) return null;
  if (source === null) return "what all nouns share must not know any of them";
  const [left, right] = [NOUNS.indexOf(target), NOUNS.indexOf(source)];
  if (left < 0 || right < 0) return `put the noun into the order of tests/support/architecture.ts`;
  return left < right ? null : `${source} comes before ${target}; turn the import round`;
}

/** Circles of imports, types included, each told once. */
export function findCycles(graph: Graph): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = [...trail.slice(start), path].join(" → ");
      return void cycles.push(`${circle}: move what both need into a file of its own`);
    }
    if (finished.has(path)) return;
    for (const { to } of graph.get(path) ?? []) visit(to, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

/** Files that neither the program nor, of those for tests, any test reaches. */
export function findOrphans(graph: Graph): string[] {
  const isTest = (path: string) =>
    /_test\.ts$|^tests\/(.+\/)?programs\/|^tests\/bench\/[^/]+\.ts$/.test(path);
  const inProgram = reach(graph, ENTRIES);
  const inTests = reach(graph, [...graph.keys()].filter(isTest));
  return [...graph.keys()].filter((path) => {
    if (path.startsWith("dashboard/")) return false;
    return !(path.startsWith("tests/") ? inTests : inProgram).has(path);
  }).map((path) => `${path} is used by nothing: delete it, or use it`);
}

function reach(graph: Graph, from: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { to } of graph.get(path) ?? []) visit(to);
  };
  from.forEach(visit);
  return reached;
}

function edges(graph: Graph): [from: string, edge: Import][] {
  return [...graph].flatMap(([from, imports]) =>
    imports.map((edge): [string, Import] => [from, edge])
  );
}

function isPackage(to: string): boolean {
  return /^[a-z]+:/.test(to);
}

function folderOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "src" ? `${first}/${second}` : first;
}

/** Null for a file that stands beside the nouns' folders. */
function nounOf(path: string): string | null {
  const [, , noun = "", file] = path.split("/");
  return file === undefined ? null : noun;
}
