import assert from "node:assert/strict";
import { updateCampaign } from "../../../src/domain/campaigns/update.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { addCampaign, campaignInput, signUp } from "../../support/campaigns.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { withServer } from "../../support/server.ts";

const WATCH = `subscription ($id: ID!) {
  nodeUpdated(id: $id) { id ... on Campaign { enabled stats { total } } }
}`;

onEveryDatabase(
  "nodeUpdated emits a campaign, then its changes and its enrolled contacts",
  ({ db }) =>
    withServer(db, async ({ connect, keys, services, organization: { admin } }) => {
      const campaign = await addCampaign(services, admin, campaignInput());
      const id = toTypeId("campaign", campaign.id);
      const events = connect(keys.MEMBER).iterate({ query: WATCH, variables: { id } });
      const next = async () => (await events.next()).value?.data?.nodeUpdated;
      assert.deepEqual(await next(), { id, enabled: true, stats: { total: 0 } });
      await signUp(services, admin, "ada@example.net");
      assert.deepEqual(await next(), { id, enabled: true, stats: { total: 1 } });
      await updateCampaign(services, admin, campaign.id, { enabled: false });
      assert.deepEqual(await next(), { id, enabled: false, stats: { total: 1 } });
      await events.return?.();
    }),
);
