import assert from "node:assert/strict";
import { type BulkItemState, listItems } from "../../../src/domain/bulk_actions/list_items.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { readAction, runAction, startAction } from "../../support/bulk_actions.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { idsOf, refusals } from "../../support/retries.ts";

onEveryMail(
  "listItems() lists the items of a bulk action in their order, with states and reasons",
  async (mail) => {
    const { services, organization: { admin }, worker, send } = mail;
    const replies = refusals(mail.smtp);
    replies.refuse([1, 2, 3]);
    replies.refuse([2], "550 5.7.1 Not from you");
    const { id: messageId } = await send({ to: { list: people(4) } });
    await worker.runQueued();
    replies.accept();
    replies.refuse([3]);
    const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
    const { id } = await startAction(services, admin, target, { stopAtFailedFraction: 1 });

    const read = async (states: readonly BulkItemState[] | null) => {
      const page = await listItems(services, await readAction(services, id), states, { first: 2 });
      return page.edges.map(({ node: { subject, state, reason } }) => [
        subjects.indexOf(subject) + 1,
        state,
        reason !== null,
      ]);
    };
    const subjects = (await idsOf(mail, messageId)).map((each) => toTypeId("delivery", each));
    await runAction(mail, id);
    assert.deepEqual(await read(null), [[1, "DONE", false], [2, "SKIPPED", true]]);
    assert.deepEqual(await read(["FAILED"]), [[3, "FAILED", false]]);
  },
);
