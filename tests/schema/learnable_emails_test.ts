import assert from "node:assert/strict";
import { onEveryDatabase } from "../support/database.ts";
import { addSentEmails } from "../support/learning.ts";
import { withServer } from "../support/server.ts";

const LIST = `query ($filter: LearnableEmailFilter, $after: String) {
  learnableEmails(filter: $filter, first: 2, after: $after) {
    nodes { id subject to learnedAt } totalCount pageInfo { hasNextPage endCursor }
  }
}`;

onEveryDatabase(
  "learnableEmails lists the mails of the caller's organization to a MEMBER, and refuses an invalid filter",
  ({ db }) =>
    withServer(db, async ({ post, keys, organization }) => {
      const ids = await addSentEmails(db, organization.id, 3);
      const read = async (variables: Record<string, unknown>) => {
        const { body } = await post(LIST, { variables, key: keys.MEMBER });
        return body;
      };
      const first = (await read({})).data.learnableEmails;
      assert.deepEqual([first.totalCount, first.pageInfo.hasNextPage], [3, true]);
      assert.deepEqual(first.nodes[0].to, ["grace@example.com"]);
      assert.equal(first.nodes[0].learnedAt, null);
      const second = (await read({ after: first.pageInfo.endCursor })).data.learnableEmails;
      const found = [...first.nodes, ...second.nodes].map(({ id }: { id: string }) => id);
      assert.deepEqual(found, ids.toReversed());
      const { data } = await read({ filter: { search: "mail 3", learned: false } });
      assert.deepEqual(data.learnableEmails.nodes.map(({ id }: { id: string }) => id), [ids[2]]);

      const faultOf = async (filter: Record<string, unknown>) => {
        const { errors: [error] = [] } = await read({ filter });
        const { code, issues } = error?.extensions ?? {};
        return [code, issues];
      };
      assert.deepEqual(
        await faultOf({ sentFrom: "2026-05-02T00:00:00Z", sentTo: "2026-05-01T00:00:00Z" }),
        ["INVALID_INPUT", [{
          path: ["filter", "sentTo"],
          code: "OUT_OF_RANGE",
          message: "must be later than sentFrom",
        }]],
      );
      const [code] = await faultOf({ search: "x".repeat(1_001) });
      assert.equal(code, "INVALID_INPUT");
    }),
);
