import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { TemplateFields } from "./template_fields.ts";

const VersionFields = graphql(`
  fragment VersionFields on TemplateVersion {
    version
    content { subject text html }
    mjml
    textMade
    createdAt
    createdBy
  }
`);

/** A version of a template with its content. */
export type Version = ResultOf<typeof VersionFields>;

/** Reads one template with its latest versions. */
export const TemplateQuery = graphql(
  `
  query Template($id: ID!) {
    template(id: $id) {
      ...TemplateFields
      versions(first: 100) { nodes { ...VersionFields } totalCount }
    }
  }
`,
  [TemplateFields, VersionFields],
);

/** A template with its versions, latest first. */
export type TemplateDetail = NonNullable<ResultOf<typeof TemplateQuery>["template"]>;

/** Saves a version, or a new template. */
export const SaveTemplate = graphql(
  `
  mutation SaveTemplate($input: SaveTemplateInput!) {
    saveTemplate(input: $input) {
      __typename
      ... on SaveTemplatePayload { template { ...TemplateFields } created }
      ...Failure
    }
  }
`,
  [TemplateFields, Failure],
);

/** Changes the name of a template. */
export const RenameTemplate = graphql(
  `
  mutation RenameTemplate($id: ID!, $name: String!) {
    renameTemplate(id: $id, name: $name) {
      __typename
      ... on RenameTemplatePayload { template { ...TemplateFields } }
      ...Failure
    }
  }
`,
  [TemplateFields, Failure],
);

/** Archives a template. */
export const ArchiveTemplate = graphql(
  `
  mutation ArchiveTemplate($id: ID!) {
    archiveTemplate(id: $id) {
      __typename
      ... on ArchiveTemplatePayload { template { ...TemplateFields } }
      ...Failure
    }
  }
`,
  [TemplateFields, Failure],
);

/** Restores an archived template. */
export const RestoreTemplate = graphql(
  `
  mutation RestoreTemplate($id: ID!) {
    restoreTemplate(id: $id) {
      __typename
      ... on RestoreTemplatePayload { template { ...TemplateFields } }
      ...Failure
    }
  }
`,
  [TemplateFields, Failure],
);
