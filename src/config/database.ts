import { z } from "zod";
import { url, wholeNumber } from "./fields.ts";

/** Database, and directory for all files of the process. */
export const database = z.object({
  DATABASE_URL: url(["postgres:", "postgresql:"]).nullable().default(null),
  DATABASE_POOL: wholeNumber(1, 1000).default(10),
  DATA_DIR: z.string().default("./data"),
  WITNESS_DIR: z.string().nullable().default(null),
}).transform(({ DATABASE_URL, DATABASE_POOL, DATA_DIR, WITNESS_DIR }) => ({
  database: {
    /** Null: the embedded database in `dataDir`. */
    url: DATABASE_URL,
    /** Maximum number of connections per process. */
    poolSize: DATABASE_POOL,
  },
  dataDir: DATA_DIR,
  /** Directory for a second copy of the witness; null: none. */
  witnessDir: WITNESS_DIR,
}));
