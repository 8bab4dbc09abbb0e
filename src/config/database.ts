import { z } from "zod";
import { url, wholeNumber } from "./fields.ts";

const postgres = url(["postgres:", "postgresql:"]);

/** Database, and directory for all files of the process. */
export const database = z.object({
  DATABASE_URL: postgres.nullable().default(null),
  DATABASE_DIRECT_URL: postgres.nullable().default(null),
  DATABASE_POOL: wholeNumber(1, 1000).default(10),
  DATA_DIR: z.string().default("./data"),
  WITNESS_DIR: z.string().nullable().default(null),
}).check(({ value: { DATABASE_URL, DATABASE_DIRECT_URL }, issues }) => {
  if (DATABASE_DIRECT_URL === null || DATABASE_URL !== null) return;
  issues.push({
    code: "custom",
    path: ["DATABASE_DIRECT_URL"],
    message: "requires DATABASE_URL, which leads to the same database through a pooler",
    input: DATABASE_DIRECT_URL,
  });
}).transform((env) => ({
  database: {
    /** Null: the embedded database in `dataDir`. */
    url: env.DATABASE_URL,
    /** Set if `url` leads to a pooler: the same database past it. */
    directUrl: env.DATABASE_DIRECT_URL,
    /** Maximum number of connections per process. */
    poolSize: env.DATABASE_POOL,
  },
  dataDir: env.DATA_DIR,
  /** Directory for a second copy of the witness; null: none. */
  witnessDir: env.WITNESS_DIR,
}));
