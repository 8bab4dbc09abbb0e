import { Failure, graphql, type ResultOf } from "../../api/graphql.ts";
import { liveListOf } from "../../kit/live_list.ts";

const OrganizationFields = graphql(`
  fragment OrganizationFields on Organization {
    id
    name
    createdAt
    from { name address }
    replyTo
    adminEmail
    timezone
  }
`);

/** Reads a page of organizations. */
export const OrganizationsQuery = graphql(
  `
  query Organizations($search: String, $first: Int, $after: String) {
    organizations(search: $search, first: $first, after: $after) {
      nodes { ...OrganizationFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [OrganizationFields],
);

/** Reads one organization. */
export const OrganizationQuery = graphql(
  `
  query Organization($id: ID!) {
    node(id: $id) {
      __typename
      ... on Organization { ...OrganizationFields }
    }
  }
`,
  [OrganizationFields],
);

/** Creates an organization with its first key. */
export const CreateOrganization = graphql(
  `
  mutation CreateOrganization($input: CreateOrganizationInput!) {
    createOrganization(input: $input) {
      __typename
      ... on CreateOrganizationPayload { organization { ...OrganizationFields } secret }
      ...Failure
    }
  }
`,
  [OrganizationFields, Failure],
);

/** Changes the settings of an organization. */
export const UpdateOrganization = graphql(
  `
  mutation UpdateOrganization($id: ID!, $input: UpdateOrganizationInput!) {
    updateOrganization(id: $id, input: $input) {
      __typename
      ... on UpdateOrganizationPayload { organization { ...OrganizationFields } }
      ...Failure
    }
  }
`,
  [OrganizationFields, Failure],
);

/** Creates another key with the role ADMIN. */
export const CreateAdminKey = graphql(
  `
  mutation CreateAdminKey($organizationId: ID!) {
    createAdminKey(organizationId: $organizationId) {
      __typename
      ... on CreateAdminKeyPayload { adminKey { id } secret }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Deletes an organization with all that belongs to it, by a job. */
export const DeleteOrganization = graphql(
  `
  mutation DeleteOrganization($id: ID!, $name: String!) {
    deleteOrganization(id: $id, name: $name) {
      __typename
      ... on DeleteOrganizationPayload { organizationId job { id } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Follows the job of a deletion until it ends. */
export const DeletionUpdated = graphql(`
  subscription DeletionUpdated($id: ID!) {
    jobUpdated(id: $id) {
      id
      status
      progress { processed total fraction }
      error { message }
    }
  }
`);

/** An organization with its settings. */
export type OrganizationRow = ResultOf<typeof OrganizationFields>;

/** The list of organizations, newest first. */
export const ORGANIZATIONS = liveListOf({
  query: OrganizationsQuery,
  page: ({ organizations }) => organizations,
  subscription: null,
  changes: () => ({ reset: false, changed: [], removedIds: [] }),
});
