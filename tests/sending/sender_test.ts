import assert from "node:assert/strict";
import PostalMime from "postal-mime";
import { updateOrganization } from "../../src/domain/access/update_organization.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { onEveryMail } from "../support/mail.ts";

onEveryMail(
  "mails name the sender of their message, and bounces go to that of the installation",
  async ({ send, services, organization: { operator, id }, worker, smtp }) => {
    await updateOrganization(services, operator, id, {
      from: { address: "news@acme.example", name: "Acme" },
      replyTo: "help@acme.example",
    });
    await send({ unsubscribable: true });
    await send({ from: { address: "sales@acme.example" }, replyTo: "orders@acme.example" });
    await updateOrganization(services, operator, id, { from: null, replyTo: null });
    await send({});
    await worker.runQueued();

    const mails = await Promise.all(smtp.received.map(async ({ content, sender }) => {
      assert.equal(sender, "noreply@example.com");
      const { from, replyTo, headers } = await PostalMime.parse(content);
      return {
        from: from?.address,
        replyTo: replyTo?.map(({ address }) => address),
        list: headers.find(({ key }) => key === "list-id")?.value,
      };
    }));
    const listId = `<${toTypeId("organization", id)}.acme.example>`;
    assert.deepEqual(mails.toSorted((a, b) => (a.from ?? "").localeCompare(b.from ?? "")), [
      { from: "news@acme.example", replyTo: ["help@acme.example"], list: listId },
      { from: "noreply@example.com", replyTo: undefined, list: undefined },
      { from: "sales@acme.example", replyTo: ["orders@acme.example"], list: undefined },
    ]);
  },
  () => ({ keepContent: true }),
);
