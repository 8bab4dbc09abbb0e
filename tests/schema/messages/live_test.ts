import assert from "node:assert/strict";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { startMailWorker } from "../../support/mail_worker.ts";
import { messageInput, people } from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";
import { withServer } from "../../support/server.ts";
import { startSmtpServer } from "../../support/smtp.ts";

onEveryDatabase(
  "messageUpdated emits the results of deliveries in flight after cancelMessage()",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { admin } }) => {
      const smtp = await startSmtpServer();
      const hold = holdReplies(smtp);
      const from = "noreply@example.com";
      const channel = openSmtpChannel(parseSmtpUrl(smtp.url), { from });
      try {
        const worker = await startMailWorker(services, { channel });
        const input = messageInput({ to: { list: people(3) } });
        const { message } = await sendMessage(services, admin, input);
        worker.start(await worker.claim());
        await hold.untilWaiting(3);
        await cancelMessage(services, admin, message.id);

        const events = connect().iterate({
          query:
            "subscription ($id: ID!) { messageUpdated(id: $id) { status stats { sending sent } } }",
          variables: { id: toTypeId("message", message.id) },
        });
        const event = (sending: number, sent: number) => ({
          data: { messageUpdated: { status: "CANCELLED", stats: { sending, sent } } },
        });
        assert.deepEqual((await events.next()).value, event(3, 0));
        hold.disable();
        await worker.untilIdle();
        assert.deepEqual((await Array.fromAsync(events)).at(-1), event(0, 3));
      } finally {
        hold.disable();
        await channel.close();
        await smtp.close();
      }
    }),
);
