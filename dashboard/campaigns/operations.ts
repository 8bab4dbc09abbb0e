import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a campaign that lists and its page show. */
export const CampaignFields = graphql(`
  fragment CampaignFields on Campaign {
    id
    type
    name
    trigger
    sendAt
    timezone
    enabled
    sendToLateContacts
    content { subject text html }
    stats {
      total pending sending sent failed cancelled suppressed unknown bounced complained
      retryable duplicates successFraction perSecond etaMs
    }
    createdAt
    updatedAt
  }
`);

/** A campaign as lists and its page show it. */
export type CampaignRow = ResultOf<typeof CampaignFields>;

/** Reads a page of campaigns. */
export const CampaignsQuery = graphql(
  `
  query Campaigns($filter: CampaignFilter, $first: Int, $after: String) {
    campaigns(filter: $filter, first: $first, after: $after) {
      nodes { ...CampaignFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [CampaignFields],
);

/** The list of campaigns, newest first. The API has no events for it. */
export const CAMPAIGNS = liveListOf({
  query: CampaignsQuery,
  page: ({ campaigns }) => campaigns,
  subscription: null,
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});

/** Reads one campaign. */
export const CampaignQuery = graphql(
  `
  query Campaign($id: ID!) {
    campaign(id: $id) { ...CampaignFields message { id } }
  }
`,
  [CampaignFields],
);

/** A campaign with its message; null for a MEMBER who did not create it. */
export type CampaignDetail = NonNullable<ResultOf<typeof CampaignQuery>["campaign"]>;

/** Reports that the figures of a campaign may have changed. */
export const CampaignChanged = graphql(`
  subscription CampaignChanged($messageId: ID!) {
    messageUpdated(id: $messageId, untilFinished: false) { id stats { total pending sent failed } }
  }
`);

/** Creates a campaign. */
export const CreateCampaign = graphql(
  `
  mutation CreateCampaign($input: CreateCampaignInput!) {
    createCampaign(input: $input) {
      __typename
      ... on CreateCampaignPayload { campaign { ...CampaignFields } created }
      ...Failure
    }
  }
`,
  [CampaignFields, Failure],
);

/** Changes a campaign. */
export const UpdateCampaign = graphql(
  `
  mutation UpdateCampaign($id: ID!, $input: UpdateCampaignInput!) {
    updateCampaign(id: $id, input: $input) {
      __typename
      ... on UpdateCampaignPayload { campaign { ...CampaignFields } }
      ...Failure
    }
  }
`,
  [CampaignFields, Failure],
);
