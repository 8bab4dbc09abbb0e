import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { onEveryDatabase } from "../support/database.ts";

const UNDESCRIBED = statement<[], { name: string }>(
  "test.undescribed",
  `select c.relname as name from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
     and obj_description(c.oid, 'pg_class') is null
   order by 1`,
);
// Such names are abbreviations, which need an explanation.
const SHORT_NAMES = statement<[], { name: string }>(
  "test.shortNames",
  `select c.relname || '.' || a.attname as name
   from pg_class c join pg_attribute a on a.attrelid = c.oid
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and a.attnum > 0 and not a.attisdropped and length(a.attname) <= 3 and a.attname <> 'id'
     and col_description(c.oid, a.attnum) is null
   order by 1`,
);

onEveryDatabase("migrations describe every table and view by a comment", async ({ db }) => {
  assert.deepEqual(await db.run(UNDESCRIBED), []);
});

onEveryDatabase(
  "migrations describe every column with a name of 3 letters or less",
  async ({ db }) => {
    assert.deepEqual(await db.run(SHORT_NAMES), []);
  },
);
