import { createHash } from "node:crypto";

/** The migration files and the database do not match, or a migration failed. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/** One file of the migrations directory. */
export interface Migration {
  readonly number: number;
  /** File name: 0001_access.sql. */
  readonly name: string;
  readonly checksum: string;
  /**
   * False if the file begins with the line `-- no transaction`: its statements run one by one, each
   * in a transaction of its own, as CREATE INDEX CONCURRENTLY requires. Such a migration must be
   * repeatable, because after a failure it is partly applied and not recorded. For example, a failed CREATE
   * INDEX CONCURRENTLY leaves an invalid index, which a preceding DROP INDEX CONCURRENTLY IF EXISTS drops.
   */
  readonly transactional: boolean;
  /** At least one; a transactional migration is a single text. */
  readonly statements: readonly string[];
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
const NO_TRANSACTION = "-- no transaction\n";
// Comments, literals, quoted names and dollar-quoted bodies, in which a semicolon ends no statement;
// then any single character.
const TOKEN = /--[^\n]*|\/\*.*?\*\/|'[^']*'|"[^"]*"|\$(\w*)\$.*?\$\1\$|./gs;

/**
 * Reads all migrations of a directory, in order.
 *
 * @throws {MigrationError} for a file that is not named 0001_name.sql, and for a gap in the numbers
 */
export async function readMigrations(directory: URL): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    migrations.push(parseMigration(name, await Deno.readTextFile(new URL(name, directory))));
  }
  migrations.sort((a, b) => a.number - b.number);
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) {
      throw new MigrationError(`Cannot use migration ${name}: expected number ${index + 1}`);
    }
  });
  return migrations;
}

function parseMigration(name: string, text: string): Migration {
  const match = FILE_NAME.exec(name);
  if (!match) throw new MigrationError(`Cannot read migration ${name}: not named 0001_name.sql`);
  // Line ends differ between checkouts, and must not change the checksum.
  const sql = text.replaceAll("\r\n", "\n");
  const transactional = !sql.startsWith(NO_TRANSACTION);
  return {
    number: Number(match[1]),
    name,
    checksum: createHash("sha256").update(sql).digest("hex"),
    transactional,
    statements: transactional ? [sql] : splitStatements(sql),
  };
}

// PostgreSQL runs several statements that are sent together in one transaction, so they are split.
function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let statement = "";
  for (const [token] of sql.matchAll(TOKEN)) {
    if (token === ";") {
      statements.push(statement.trim());
      statement = "";
    } else if (!token.startsWith("--") && !token.startsWith("/*")) {
      statement += token;
    }
  }
  return [...statements, statement.trim()].filter((text) => text !== "");
}
