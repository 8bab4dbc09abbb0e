import assert from "node:assert/strict";
import type {
  DatabaseIdentity,
  DatabaseState,
} from "../../../src/domain/installation/database_state.ts";
import { findRestore, type WitnessCopy } from "../../../src/domain/installation/restore.ts";

const IDENTITY: DatabaseIdentity = {
  systemIdentifier: "7712914125473212528",
  databaseOid: 16_384,
  tableOid: 16_500,
  timeline: 1,
};
const UNKNOWN: DatabaseIdentity = {
  systemIdentifier: null,
  databaseOid: null,
  tableOid: null,
  timeline: null,
};
const STATE: DatabaseState = {
  id: "4cf8d5b6-8d8f-45f6-9f2f-64de2d65c9d5",
  witness: 100,
  witnessAt: new Date("2026-11-27T14:00:00.250Z"),
  heldAt: null,
  holdReason: null,
  recorded: IDENTITY,
  actual: IDENTITY,
};

function copyOf(number: number): WitnessCopy {
  return { id: STATE.id, number, at: new Date("2026-11-27T16:30:02Z") };
}

function actual(identity: Partial<DatabaseIdentity>): DatabaseState {
  return { ...STATE, actual: { ...IDENTITY, ...identity } };
}

const SAME: readonly (readonly [
  name: string,
  state: DatabaseState,
  copy: WitnessCopy | null,
  continued?: boolean,
])[] = [
  ["without a copy of the witness", STATE, null],
  ["with the newest copy", STATE, copyOf(100)],
  ["with a copy that is older, after a crash", STATE, copyOf(98)],
  ["at the first start of an installation", { ...STATE, recorded: UNKNOWN }, null],
  ["if parts of the identity are not readable any more", actual(UNKNOWN), copyOf(100)],
  ["after a failover that lost nothing", actual({ timeline: 2 }), copyOf(100)],
  ["after a failover during which the process ran", actual({ timeline: 2 }), copyOf(99), true],
];

for (const [name, state, copy, continued = false] of SAME) {
  Deno.test(`findRestore() finds none ${name}`, () => {
    assert.equal(findRestore(state, copy, continued), null);
  });
}

const RESTORED: readonly (readonly [
  name: string,
  state: DatabaseState,
  copy: WitnessCopy | null,
  reason: RegExp,
  continued?: boolean,
])[] = [
  [
    "another cluster",
    actual({ systemIdentifier: "7712918197640429610" }),
    copyOf(100),
    /another PostgreSQL cluster: its system identifier is 7712918197640429610, and was 7712914125473212528/,
  ],
  ["a new database", actual({ databaseOid: 16_999 }), null, /its oid is 16999, and was 16384/],
  [
    "new tables",
    actual({ tableOid: 17_000 }),
    null,
    /restored from a dump: .* 17000, and was 16500/,
  ],
  ["an older state", STATE, copyOf(101), /its witness is 100, and was 101/],
  ["an older state while the process runs", STATE, copyOf(101), /its witness is 100/, true],
  [
    "an older state at the first start of this version",
    { ...STATE, witness: 0, recorded: UNKNOWN },
    copyOf(7),
    /its witness is 0, and was 7/,
  ],
  ["a point in time, without a copy", actual({ timeline: 2 }), null, /timeline is 2, and was 1/],
  ["a point in time, with an old copy", actual({ timeline: 2 }), copyOf(98), /timeline is 2/],
];

for (const [name, state, copy, reason, continued = false] of RESTORED) {
  Deno.test(`findRestore() finds a restore to ${name}`, () => {
    assert.match(findRestore(state, copy, continued) ?? "none", reason);
  });
}

Deno.test("findRestore() names the time of the backup, and the last time of use if it is known", () => {
  assert.match(
    findRestore(actual({ databaseOid: 1 }), null, false) ?? "",
    /\. The database has the state of 2026-11-27 14:00:00 UTC$/,
  );
  assert.match(
    findRestore(STATE, copyOf(4_000), false) ?? "",
    /\. The database has the state of 2026-11-27 14:00:00 UTC, but the installation was in use until 2026-11-27 16:30:02 UTC$/,
  );
});
