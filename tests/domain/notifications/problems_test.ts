import assert from "node:assert/strict";
import { createApiKey, revokeApiKey } from "../../../src/domain/access/api_keys.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { rememberUser } from "../../../src/domain/notifications/settings.ts";
import { resolveProblem } from "../../../src/domain/problems/decide.ts";
import { notificationsOf, titlesOf } from "../../support/notifications.ts";
import { failJobs, problemOf } from "../../support/problems.ts";
import { onEveryQueue } from "../../support/queue.ts";

onEveryQueue("a new problem notifies each ADMIN once, and no MEMBER", async (queue) => {
  const { db, services, organization: { admin, operator, member } } = queue;
  await createApiKey(services, operator, { name: "a", role: "ADMIN", userId: "ada" });
  await createApiKey(services, operator, { name: "b", role: "ADMIN", userId: "ada" });
  await createApiKey(services, operator, { name: "c", role: "MEMBER", userId: "max" });
  const { apiKey } = await createApiKey(services, operator, {
    name: "d",
    role: "ADMIN",
    userId: "eve",
  });
  await revokeApiKey(services, operator, apiKey.id);
  // The holder of a token has no key.
  const withToken = { ...admin, userId: "grace" };
  await rememberUser(db, withToken);
  await rememberUser(db, member);
  await failJobs(queue, ["No answer", "No answer"]);
  const { id } = await problemOf(queue);
  await failJobs(queue, ["No answer"]);
  await problemOf(queue);
  for (const caller of [admin, withToken]) {
    const [notification, ...others] = await notificationsOf(services, caller);
    assert.deepEqual(
      [notification?.level, notification?.title, notification?.subject, others],
      ["ERROR", "New problem: work: No answer", toTypeId("problem", id), []],
    );
  }
  for (const userId of ["max", "eve"]) {
    assert.deepEqual(await titlesOf(services, { ...admin, userId }), []);
  }
});

onEveryQueue("a problem that opens again notifies", async (queue) => {
  const { db, services, organization: { admin } } = queue;
  await rememberUser(db, admin);
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  await resolveProblem(services, admin, id, null);
  await failJobs(queue, ["No answer"]);
  await problemOf(queue);
  assert.deepEqual(await titlesOf(services, admin), [
    "ERROR New problem: work: No answer",
    "WARNING Problem is open again: work: No answer",
  ]);
});
