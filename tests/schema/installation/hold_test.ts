import assert from "node:assert/strict";
import { isHeld } from "../../../src/domain/hold.ts";
import { putOnHold } from "../../../src/domain/installation/hold.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { messageInput, people } from "../../support/messages.ts";
import { withServer } from "../../support/server.ts";

const HOLD = "{ installation { hold { since reason pendingMessageCount pendingDeliveryCount } } }";
const RELEASE = `mutation { releaseHold {
  __typename
  ... on ReleaseHoldPayload { installation { hold { since } } }
  ... on Error { reason }
  ... on ConflictError { code }
} }`;

onEveryDatabase(
  "installation { hold } counts the messages and deliveries of all organizations that continue",
  ({ db }) =>
    withServer(db, async ({ post, services, organization, keys }) => {
      const readHold = async () =>
        (await post(HOLD, { key: keys.OPERATOR })).body.data.installation.hold;
      assert.equal(await readHold(), null);
      const other = await createOrganization(db, "Other");
      const send = (count: number, caller = organization.admin, sendAt?: Date) =>
        sendMessage(services, caller, messageInput({ to: { list: people(count) }, sendAt }));
      await send(3);
      await send(4, other.admin);
      await send(10, organization.admin, new Date("2040-01-01T00:00:00Z"));
      const { message } = await send(100);
      await pauseMessage(services, organization.admin, message.id);
      await putOnHold(services, "Restored");
      const { since, ...hold } = await readHold();
      assert.ok(!Number.isNaN(Date.parse(since)));
      assert.deepEqual(hold, {
        reason: "Restored",
        pendingMessageCount: 3,
        pendingDeliveryCount: 17,
      });
    }),
);

onEveryDatabase(
  "releaseHold() is for the OPERATOR, and works once",
  ({ db }) =>
    withServer(db, async ({ post, services, keys }) => {
      await putOnHold(services, "Restored");
      const release = async (key: string) => {
        const { body } = await post(RELEASE, { key });
        assert.equal(body.errors, undefined);
        return body.data.releaseHold;
      };
      for (const key of [keys.MEMBER, keys.ADMIN]) {
        assert.equal((await release(key)).__typename, "ForbiddenError");
        assert.equal(await isHeld(db), true);
      }
      assert.deepEqual(await release(keys.OPERATOR), {
        __typename: "ReleaseHoldPayload",
        installation: { hold: null },
      });
      assert.equal(await isHeld(db), false);
      const again = await release(keys.OPERATOR);
      assert.deepEqual([again.__typename, again.code], ["ConflictError", "NOT_HELD"]);
    }),
);
