import assert from "node:assert/strict";
import { createMailReceiver } from "../../src/domain/inbox/receive.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { createOrganization } from "../support/callers.ts";
import { addContacts } from "../support/contacts.ts";
import { onEveryDatabase } from "../support/database.ts";
import { parsedMail } from "../support/emails.ts";
import { withServer } from "../support/server.ts";

// Far below the 10 s of the periodic re-read, so that only a published change can be in time.
const SOON_MS = 3_000;

const LIST = `subscription {
  threadsUpdated(filter: { answered: false }) {
    reset changed { id subject contact { name vip } } removedIds
  }
}`;
const NODE = `subscription ($id: ID!) {
  nodeUpdated(id: $id) { ... on Thread { answered emails(first: 5) { nodes { text thread { id } } } } }
}`;

/** Returns a function that reads the next event, and fails unless it comes in time. */
function reader(events: AsyncIterator<unknown>) {
  return async () => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`No event within ${SOON_MS} ms`)), SOON_MS);
    const { value } = await Promise.race([events.next(), late]);
    clearTimeout(timer);
    return JSON.parse(JSON.stringify(value)).data;
  };
}

onEveryDatabase(
  "threadsUpdated and nodeUpdated emit mails as they arrive",
  ({ db }) =>
    withServer(db, async ({ connect, keys, services, organization: { id, admin } }) => {
      await addContacts(services, admin, [{
        email: "Grace@example.com",
        name: "Grace",
        vip: true,
      }]);
      const receive = createMailReceiver(services);
      const arrive = (text: string, organizationId = id) =>
        receive({ organizationId, mail: parsedMail({ from: GRACE, text }), token: null });
      const client = connect(keys.MEMBER);
      const nextList = reader(client.iterate({ query: LIST }));
      assert.deepEqual((await nextList()).threadsUpdated, {
        reset: true,
        changed: [],
        removedIds: [],
      });

      const first = await arrive("First");
      const threadId = toTypeId("thread", first.threadId);
      const contact = { name: "Grace", vip: true };
      const { changed } = (await nextList()).threadsUpdated;
      assert.deepEqual(changed, [{ id: threadId, subject: "Where is my order?", contact }]);

      const nextNode = reader(client.iterate({ query: NODE, variables: { id: threadId } }));
      const texts = async () => {
        const { nodeUpdated } = await nextNode();
        const { nodes } = nodeUpdated.emails;
        for (const { thread } of nodes) assert.deepEqual(thread, { id: threadId });
        return nodes.map(({ text }: { text: string }) => text);
      };
      assert.deepEqual(await texts(), ["First"]);
      await arrive("Second");
      assert.deepEqual(await texts(), ["First", "Second"]);

      const other = await createOrganization(db, "Another");
      const foreign = await arrive("Elsewhere", other.id);
      const refused = client.iterate({
        query: NODE,
        variables: { id: toTypeId("thread", foreign.threadId) },
      });
      const { value } = await refused.next();
      assert.equal(value.errors[0].extensions.code, "NOT_FOUND");
    }),
);

const GRACE = { address: "grace@example.com", name: "Grace" };
