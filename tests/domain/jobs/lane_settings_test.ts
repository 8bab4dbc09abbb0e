import assert from "node:assert/strict";
import { createApiKey } from "../../../src/domain/access/api_keys.ts";
import { ForbiddenError, InvalidInputError } from "../../../src/domain/errors.ts";
import { readJobWaits } from "../../../src/domain/jobs/read_waits.ts";
import {
  effectiveSlots,
  type LaneSettings,
  readLaneSettings,
  updateLane,
} from "../../../src/domain/jobs/lane_settings.ts";
import { addJob, addWorker } from "../../support/jobs.ts";
import { onEveryQueue } from "../../support/queue.ts";

const UNCHANGED: LaneSettings = { lane: "BULK", slots: null, pausedAt: null, pausedBy: null };

onEveryQueue(
  "updateLane() keeps who paused a lane first, and what is not named",
  async ({ db, services, organization: { operator } }) => {
    const ada = { ...operator, userId: "ada" };
    const paused = await updateLane(services, ada, "BULK", { paused: true });
    assert.deepEqual([paused.pausedBy, paused.slots], ["ada", null]);
    const cleo = { ...operator, userId: "cleo" };
    assert.deepEqual(await updateLane(services, cleo, "BULK", { paused: true, slots: 3 }), {
      ...paused,
      slots: 3,
    });
    assert.equal((await updateLane(services, cleo, "BULK", { slots: null })).pausedBy, "ada");
    assert.deepEqual(await updateLane(services, cleo, "BULK", { paused: null }), UNCHANGED);
    const lanes = await readLaneSettings(db);
    assert.deepEqual(lanes.map(({ lane }) => lane), [
      "TRANSACTIONAL",
      "AI",
      "LEARNING",
      "BULK",
      "WEBHOOK",
      "SYSTEM",
    ]);
  },
);

onEveryQueue(
  "updateLane() names the API key of an operator without a user",
  async ({ services, organization: { operator } }) => {
    const { apiKey } = await createApiKey(services, operator, {
      name: "Deployment",
      role: "OPERATOR",
    });
    const caller = { ...operator, keyId: apiKey.id };
    assert.equal(
      (await updateLane(services, caller, "AI", { paused: true })).pausedBy,
      "Deployment",
    );
    const withoutKey = await updateLane(services, operator, "SYSTEM", { paused: true });
    assert.equal(withoutKey.pausedBy, "the operator");
  },
);

onEveryQueue(
  "updateLane() refuses other roles and invalid changes, and writes nothing",
  async ({ db, services, organization: { operator, admin, member } }) => {
    for (const caller of [admin, member]) {
      await assert.rejects(updateLane(services, caller, "BULK", { paused: true }), ForbiddenError);
    }
    for (const changes of [{}, { slots: 0 }, { slots: 1_000 }, { slots: -1, paused: true }]) {
      await assert.rejects(updateLane(services, operator, "BULK", changes), InvalidInputError);
    }
    assert.deepEqual(
      (await readLaneSettings(db)).find(({ lane }) => lane === "BULK"),
      UNCHANGED,
    );
  },
);

onEveryQueue(
  "a job in a paused lane says who paused it",
  async ({ db, services, organization: { id, operator } }) => {
    await addWorker(services, { BULK: 2 });
    const job = await addJob(db, id);
    await updateLane(services, { ...operator, userId: "ada" }, "BULK", { paused: true });
    const wait = (await readJobWaits(db, [job])).get(job);
    assert.equal(wait?.reason, "LANE_PAUSED");
    assert.match(wait.text, /^Lane BULK is paused by ada since \d{4}-/);
    await updateLane(services, operator, "BULK", { paused: false });
    assert.equal((await readJobWaits(db, [job])).get(job)?.reason, "BEHIND");
  },
);

Deno.test("effectiveSlots() replaces and pauses only lanes that the process serves", () => {
  const settings: LaneSettings[] = [
    { ...UNCHANGED, slots: 7 },
    { ...UNCHANGED, lane: "AI", slots: 9, pausedAt: new Date(), pausedBy: "ada" },
    { ...UNCHANGED, lane: "LEARNING", slots: 5 },
  ];
  const slots = effectiveSlots(new Map([["BULK", 2], ["AI", 5], ["SYSTEM", 1]]), settings);
  assert.deepEqual([...slots], [["BULK", 7], ["AI", 0], ["SYSTEM", 1]]);
});
