import assert from "node:assert/strict";
import type { ProviderEvent } from "../../../src/domain/deliveries/bounce.ts";
import { complained } from "../../../src/domain/deliveries/feedback.ts";
import { newId } from "../../../src/domain/id.ts";
import { recordEvent } from "../../../src/domain/messages/feedback.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { idsOf, statesOf } from "../../support/retries.ts";

function event(...feedback: ProviderEvent["feedback"]): ProviderEvent {
  return { source: "test", id: crypto.randomUUID(), feedback };
}

onEveryMail("recordEvent() ignores what is about no delivery here", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({ to: { list: people(1) } });
  await worker.runQueued();
  assert.equal(await recordEvent(services, event()), "ignored");
  assert.equal(await recordEvent(services, event(complained(newId(), null))), "ignored");
  const [delivery = ""] = await idsOf(mail, id);
  assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
  assert.equal(await recordEvent(services, event(complained(delivery, null))), "recorded");
  assert.deepEqual(await statesOf(db, id), ["COMPLAINED 1"]);
});
