import { findCampaigns } from "../../src/domain/campaigns/find.ts";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import type { Services } from "../../src/domain/services.ts";
import { followNode } from "../kit/node_updated.ts";
import { CampaignNode, type CampaignState } from "./campaign.ts";

followNode(
  CampaignNode,
  watchObjects<CampaignState>({
    noun: "campaign",
    topic: "campaigns",
    load: readStates,
    idOf: ({ id }) => id,
    visible: ({ organizationId }, campaign) => campaign.organizationId === organizationId,
    finished: () => false,
  }),
);

// Its figures are those of its message, whose events do not name the campaign: they follow within 10 s.
async function readStates(services: Services, ids: readonly string[]): Promise<CampaignState[]> {
  const campaigns = await findCampaigns(services, ids);
  const stats = await readStats(services.db, campaigns.map(({ messageId }) => messageId));
  return campaigns.map((campaign) => ({ ...campaign, stats: stats.get(campaign.messageId) }));
}
