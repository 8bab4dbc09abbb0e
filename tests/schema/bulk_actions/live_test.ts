import assert from "node:assert/strict";
import { abortBulkAction } from "../../../src/domain/bulk_actions/abort.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { startAction } from "../../support/bulk_actions.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { addJob } from "../../support/jobs.ts";
import { withServer } from "../../support/server.ts";

interface ListUpdate {
  readonly bulkActionsUpdated: {
    readonly reset: boolean;
    readonly changed: readonly { readonly id: string }[];
    readonly removedIds: readonly string[];
  };
}

onEveryDatabase(
  "bulkActionsUpdated emits a bulk action that was started, and removes it when it leaves the filter",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: organizationId, admin } }) => {
      const events = connect().iterate<ListUpdate>({
        query: `subscription {
          bulkActionsUpdated(filter: { states: [RUNNING] }) { reset changed { id } removedIds }
        }`,
      });
      const next = async () => (await events.next()).value?.data?.bulkActionsUpdated;
      assert.deepEqual(await next(), { reset: true, changed: [], removedIds: [] });
      const jobId = await addJob(db, organizationId);
      const { id } = await startAction(services, admin, {
        action: "CANCEL",
        jobs: { ids: [jobId] },
      });
      const typeId = toTypeId("bulkAction", id);
      assert.deepEqual(await next(), { reset: false, changed: [{ id: typeId }], removedIds: [] });
      await abortBulkAction(services, admin, id);
      assert.deepEqual(await next(), { reset: false, changed: [], removedIds: [typeId] });
    }),
);
