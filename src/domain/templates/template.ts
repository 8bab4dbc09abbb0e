import type { Content } from "../rendering.ts";

/** Named content of an organization. Each change of the content is a new version. */
export interface Template {
  readonly id: string;
  readonly organizationId: string;
  /** Unique among the templates of the organization that are not archived. */
  readonly name: string;
  /** Latest version, from 1. */
  readonly version: number;
  readonly createdAt: Date;
  /** Time of the latest version, or of a later change of the name or the state. */
  readonly updatedAt: Date;
  /** User who made this change; null if the key or token named none. */
  readonly updatedBy: string | null;
  /** Null: not archived. */
  readonly archivedAt: Date | null;
}

/** Content of a template in one version, which never changes. */
export interface TemplateVersion extends Content {
  readonly templateId: string;
  readonly version: number;
  readonly text: string | null;
  /** Compiled from `mjml`, if that is not null. */
  readonly html: string | null;
  readonly mjml: string | null;
  /** True if `text` was generated from `html`. */
  readonly textMade: boolean;
  readonly createdAt: Date;
  /** User who saved it; null if the key or token named none. */
  readonly createdBy: string | null;
}

/** Names a version of a template. */
export interface TemplateReference {
  readonly templateId: string;
  readonly version: number;
}
