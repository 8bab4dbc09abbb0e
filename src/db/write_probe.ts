import { type Connection, statement } from "./database.ts";

// A new table needs a page of its own, which a full disk refuses; an update of a row would still find room in
// a page. The inner block is rolled back, so that nothing stays. Without the privilege for temporary tables
// nothing is known about the disk.
const PROBE = statement<[]>(
  "database.probeWrites",
  `do $$
   begin
     create temporary table waybill_write_probe (n int);
     insert into waybill_write_probe values (1);
     raise exception using errcode = 'WB000';
   exception
     when sqlstate 'WB000' or insufficient_privilege then null;
   end $$`,
);

/**
 * Checks that the database accepts writes.
 *
 * @throws the error of the database: its disk is full, it is a read-only standby, or it cannot be reached
 */
export async function checkWrites(db: Connection): Promise<void> {
  await db.run(PROBE);
}
