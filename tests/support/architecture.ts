/** An import; paths start at the root of the repository. */
export interface Import {
  readonly to: string;
  readonly typesOnly: boolean;
}

/** Imports by importing file. Packages appear as resolved: npm:…, node:…, https:… */
export type Graph = ReadonlyMap<string, readonly Import[]>;

const ENTRIES: readonly string[] = [
  "src/main.ts",
  "demo/demo.ts",
  // Started as Workers, so nothing imports them.
  "src/db/embedded_server.ts",
  "src/domain/templates/render_worker.ts",
  "src/images/image_worker.ts",
  "schema/print.ts",
];

interface Row {
  /** Files and folders whose code it may import, in addition to its own folder. */
  readonly code: readonly string[];
  /** Folders of which it may import types only. */
  readonly types?: readonly string[];
  /** The only files that may import it; absent: every file whose row allows it. */
  readonly onlyFor?: readonly string[];
}

/** Files directly in src/domain, which all nouns share. */
const SHARED_DOMAIN = "src/domain/*";

// The table of DESIGN §1. The longest path that a file starts with is its row.
const ROWS: Readonly<Record<string, Row>> = {
  "src/main.ts": { code: ["src/app", "src/cli", "src/config"] },
  "src/app": { code: ["src", "schema", "deno.json"], onlyFor: ["src/main.ts"] },
  "src/cli": {
    code: ["src/config"],
    types: ["schema/introspection.d.ts"],
    onlyFor: ["src/main.ts"],
  },
  schema: { code: ["src/domain"], types: ["src/events"] },
  "src/server": { code: ["src/domain"] },
  "src/server/quote_images.ts": { code: ["src/domain", "src/server"], types: ["src/images"] },
  "src/server/webhooks": {
    code: ["src/domain", "src/server", "src/channels/email/replies.ts"],
  },
  "src/handlers": { code: ["src/domain", "src/sending", "src/ai"], types: ["src/queue"] },
  "src/queue": {
    code: ["src/domain/jobs", "src/domain/schedules", SHARED_DOMAIN, "src/events"],
  },
  // The model is a provider like the mail servers: its calls pass the same circuit.
  "src/sending": { code: ["src/domain", "src/channels", "src/ai"] },
  "src/domain": { code: ["src/db", "src/events"], types: ["src/channels", "src/ai", "src/images"] },
  "src/config": { code: ["src/channels/email/smtp_url.ts", "src/domain/jobs/lane.ts"] },
  "src/channels": { code: [] },
  "src/ai": { code: [] },
  "src/images": { code: [] },
  "src/events": { code: [] },
  "src/db": { code: [] },
  dashboard: { code: ["schema/schema.graphql"] },
  demo: { code: [] },
};

// Each noun may import those before it.
const NOUNS: readonly string[] = [
  "access",
  "live",
  "audit",
  "notifications",
  "outbox",
  "problems",
  "jobs",
  "schedules",
  "webhooks",
  "channel_rules",
  "templates",
  "suppressions",
  "contacts",
  "audiences",
  "providers",
  "deliveries",
  "messages",
  "campaigns",
  "bulk_actions",
  "ai_usage",
  "prompts",
  "quotes",
  "inbound_routes",
  "orders",
  "emails",
  "knowledge",
  "learning",
  "inbox",
  "prompt_trials",
  "erasure",
  "timeline",
  "search",
  "overview",
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
  if (to === "src/main.ts") return "main.ts is the command line; move shared code out of it";
  if (from.startsWith("tests/")) return null;
  const [source, target] = [rowOf(from), rowOf(to)];
  if (source === null) {
    return `${from} has no row in the table of tests/support/architecture.ts; add one`;
  }
  if (source === "src/domain" && target === source) return nounFault(from, to);
  if (isWithin(to, source)) return null;
  const onlyFor = target === null ? undefined : ROWS[target]?.onlyFor;
  if (onlyFor && !onlyFor.includes(from)) {
    return `${target} may be imported by ${formatPaths(onlyFor)}`;
  }
  const { code = [], types = [] } = ROWS[source] ?? {};
  if (code.some((path) => isWithin(to, path))) return null;
  if (types.some((path) => isWithin(to, path))) {
    return typesOnly ? null : `${source} may import types only of ${target}; say import type`;
  }
  const allowed = [...code, ...types.map((name) => `types of ${name}`)];
  return `${source} may import ${formatPaths(allowed)}; move the code, or pass it as an argument`;
}

function formatPaths(paths: readonly string[]): string {
  return paths.join(", ") || "nothing";
}

function rowOf(path: string): string | null {
  const rows = Object.keys(ROWS).filter((row) => isWithin(path, row));
  return rows.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

function isWithin(path: string, folder: string): boolean {
  if (folder === SHARED_DOMAIN) return path.startsWith("src/domain/") && nounOf(path) === null;
  return path === folder || path.startsWith(`${folder}/`);
}

function nounFault(from: string, to: string): string | null {
  const [source, target] = [nounOf(from), nounOf(to)];
  if (target === null || source === target) return null;
  if (source === null) return "files shared by all nouns must not import a noun";
  const [left, right] = [NOUNS.indexOf(target), NOUNS.indexOf(source)];
  if (left < 0 || right < 0) return `put the noun into the order of tests/support/architecture.ts`;
  return left < right ? null : `${source} comes before ${target}; reverse the import`;
}

/** Cycles of imports, types included, each reported once. */
export function findCycles(graph: Graph): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const cycle = [...trail.slice(start), path].join(" → ");
      return void cycles.push(`${cycle}: move the shared part into a file of its own`);
    }
    if (finished.has(path)) return;
    for (const { to } of graph.get(path) ?? []) visit(to, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

/** Files that are reached neither by the program nor, in tests/, by any test. */
export function findOrphans(graph: Graph): string[] {
  const isTest = (path: string) =>
    /_test\.ts$|^tests\/(.+\/)?programs\/|^tests\/bench\/[^/]+\.ts$/.test(path);
  const inProgram = reach(graph, ENTRIES);
  const inTests = reach(graph, [...graph.keys()].filter(isTest));
  return [...graph.keys()].filter((path) => {
    if (path.startsWith("dashboard/")) return false;
    return !(path.startsWith("tests/") ? inTests : inProgram).has(path);
  }).map((path) => `${path} is not imported: use it or delete it`);
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

/** Null for a file directly in src/domain. */
function nounOf(path: string): string | null {
  const [, , noun = "", file] = path.split("/");
  return file === undefined ? null : noun;
}
