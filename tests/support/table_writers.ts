/** Texts of the files that contain SQL, by path from the repository's root. */
export type Sources = ReadonlyMap<string, string>;

/** The owner of each table: a noun of src/domain, or another folder. */
export type Owners = Readonly<Record<string, string>>;

const WRITE =
  /\b(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?|truncate(?:\s+table)?|merge\s+into)\s+([a-z_]+)\b/gi;
const BUILT_WRITE = /\b(?:insertInto|updateTable|deleteFrom|mergeInto)\(\s*"([a-z_]+)/g;
const ERASED =
  /\b(?:eraser(?:OfRows|ByIds)|userReleaser)\(\s*"[\w.]+",\s*"([a-z_]+)"|\{ table: "([a-z_]+)", key: "/g;
const CREATE = /\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?([a-z_]+)/gi;
const DROP = /\bdrop\s+table\s+(?:if\s+exists\s+)?([a-z_]+)/gi;

/** The tables that migrations create and do not drop, in their order. */
export function findTables(migrations: Sources): string[] {
  const namesAfter = (words: RegExp) =>
    [...migrations.values()].flatMap((sql) =>
      [...sql.matchAll(words)].map(([, table = ""]) => table)
    );
  const dropped = new Set(namesAfter(DROP));
  return namesAfter(CREATE).filter((table) => !dropped.has(table));
}

/** Statements that write a table of another noun, and tables without an owner. */
export function findForeignWrites(
  sources: Sources,
  owners: Owners,
  tables: readonly string[],
): string[] {
  const unowned = tables.filter((table) => owners[table] === undefined)
    .map((table) => `${table} has no owner: add the noun that writes it`);
  const missing = Object.keys(owners).filter((table) => !tables.includes(table))
    .map((table) => `${table} has an owner, but no migration creates it: remove it`);
  const foreign = [...sources].flatMap(([path, text]) =>
    writesOf(text).flatMap(({ table, line }) => {
      const owner = owners[table];
      // The match is not a table: "for update of", or prose.
      if (owner === undefined || owner === writerOf(path)) return [];
      return [
        `${path}:${line} writes ${table}, which belongs to ${owner}: call a function of ${owner}, ` +
        "or embed an SQL fragment that it exports",
      ];
    })
  );
  return [...unowned, ...missing, ...foreign];
}

function writesOf(text: string): { table: string; line: number }[] {
  const matches = [WRITE, BUILT_WRITE, ERASED].flatMap((write) => [...text.matchAll(write)]);
  return matches.map((match) => ({
    table: (match[1] ?? match[2] ?? "").toLowerCase(),
    line: text.slice(0, match.index).split("\n").length,
  }));
}

function writerOf(path: string): string {
  const [, noun] = /^src\/domain\/([a-z_]+)\//.exec(path) ?? [];
  return noun ?? path.split("/").slice(0, -1).join("/");
}
