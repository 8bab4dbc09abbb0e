import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

const ProviderFields = graphql(`
  fragment ProviderFields on Provider {
    id
    name
    channel
    enabled
    state
    since
    lastError { type code message }
    perSecondLimit
    sentPerSecond
  }
`);

const InstallationFields = graphql(
  `
  fragment InstallationFields on Installation {
    id
    version
    mailCaptured
    hold { since reason pendingMessageCount pendingDeliveryCount }
    processor {
      running
      lastCycleAt
      workers {
        id host startedAt heartbeatAt eventLoopMs runningJobCount
        lanes { lane concurrency running }
      }
    }
    lanes { lane slots paused pausedAt pausedBy }
    providers { ...ProviderFields }
    configuration { name set }
  }
`,
  [ProviderFields],
);

/** Reads the installation. */
export const InstallationQuery = graphql(
  `
  query Installation {
    installation { ...InstallationFields }
  }
`,
  [InstallationFields],
);

/** Follows the installation. The cache takes the changes. */
export const InstallationUpdated = graphql(
  `
  subscription InstallationUpdated {
    installationUpdated { ...InstallationFields }
  }
`,
  [InstallationFields],
);

/** Pauses or resumes a lane, or changes its slots. */
export const UpdateLane = graphql(
  `
  mutation UpdateLane($lane: Lane!, $input: UpdateLaneInput!) {
    updateLane(lane: $lane, input: $input) {
      __typename
      ... on UpdateLanePayload { installation { ...InstallationFields } }
      ...Failure
    }
  }
`,
  [InstallationFields, Failure],
);

/** Changes the credentials or the limit of a provider, or switches it on or off. */
export const UpdateProvider = graphql(
  `
  mutation UpdateProvider($id: ID!, $input: UpdateProviderInput!) {
    updateProvider(id: $id, input: $input) {
      __typename
      ... on UpdateProviderPayload { provider { ...ProviderFields } resumedCount }
      ...Failure
    }
  }
`,
  [ProviderFields, Failure],
);

/** Releases the hold: jobs start and messages are sent. */
export const ReleaseHold = graphql(
  `
  mutation ReleaseHold {
    releaseHold {
      __typename
      ... on ReleaseHoldPayload { installation { ...InstallationFields } }
      ...Failure
    }
  }
`,
  [InstallationFields, Failure],
);

/** State of the installation. */
export type Installation = ResultOf<typeof InstallationFields>;

/** State of a worker. */
export type WorkerState = Installation["processor"]["workers"][number];

/** State and settings of a provider. */
export type ProviderState = ResultOf<typeof ProviderFields>;

/** Settings of a lane. */
export type LaneSettings = Installation["lanes"][number];
