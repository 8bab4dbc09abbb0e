import assert from "node:assert/strict";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { listAffected, listExamples } from "../../../src/domain/problems/details.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { problemOf, problemsOf } from "../../support/problems.ts";

const reject = (address: string) =>
  `550 5.7.1 <${address}>: refused by policy, id 4${address.length}`;

async function work({ worker }: TestMail): Promise<void> {
  worker.start(await worker.claim());
  await worker.untilIdle();
}

async function sendTo(mail: TestMail, list: ReturnType<typeof people>) {
  const message = await mail.send({ to: { list } });
  await work(mail);
  return message;
}

async function failedOf({ services, organization: { admin } }: TestMail, problemId: string) {
  const { edges } = await listDeliveries(services, admin, { problemId }, "CREATED_ASC", {});
  return edges.map(({ node }) => node);
}

onEveryMail("failed deliveries with one cause are one problem, of any provider", async (mail) => {
  const message = await sendTo(mail, people(12));
  const problem = await problemOf(mail);
  const { source, origin, provider, errorType, code, pattern, count, affectedCount } = problem;
  assert.deepEqual({ source, origin, provider, errorType, code, pattern, count, affectedCount }, {
    source: "DELIVERY",
    origin: "EMAIL",
    provider: null,
    errorType: "PERMISSION",
    code: "550 5.7.1",
    pattern: "550 5.7.1 …: refused by policy, id …",
    count: 12,
    affectedCount: 1,
  });
  const affected = (await listAffected(mail.services, problem, {})).edges.map(({ node }) => node);
  assert.deepEqual(affected.map(({ subject, count }) => ({ subject, count })), [
    { subject: toTypeId("message", message.id), count: 12 },
  ]);
  const failed = await failedOf(mail, problem.id);
  assert.equal(failed.length, 12);
  const examples = (await listExamples(mail.services, problem, {})).edges.map(({ node }) => node);
  assert.equal(examples.length, 10);
  for (const { subject, message } of examples) {
    const delivery = failed.find(({ id }) => toTypeId("delivery", id) === subject);
    assert.equal(message, reject(delivery?.address ?? ""));
  }
}, () => ({ reject }));

onEveryMail("a message without a failure reports nothing", async (mail) => {
  await sendTo(mail, people(5));
  assert.deepEqual(await problemsOf(mail), []);
});

onEveryMail("a delivery that succeeds later no longer belongs to the problem", async (mail) => {
  await sendTo(mail, people(3));
  const problem = await problemOf(mail);
  const failed = await failedOf(mail, problem.id);
  mail.smtp.replies.reject = undefined;
  const { services, organization: { admin } } = mail;
  await retryDeliveries(services, admin, { ids: failed.map(({ id }) => id), force: true });
  await work(mail);
  assert.deepEqual(await failedOf(mail, problem.id), []);
  const { count, state } = await problemOf(mail);
  assert.deepEqual({ count, state }, { count: 3, state: "OPEN" });
}, () => ({ reject }));
