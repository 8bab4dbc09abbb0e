import type { VariablesOf } from "../../api/graphql.ts";
import type { SaveTemplate, Version } from "../operations.ts";

/** Way in which a content is written. */
export type Format = "HTML" | "MJML" | "TEXT";

/** Content of a template in the editor. */
export interface Draft {
  readonly format: Format;
  readonly subject: string;
  /** Empty: generated from the HTML. */
  readonly text: string;
  readonly html: string;
  readonly mjml: string;
}

/** Changes some fields of a draft. */
export type ChangeDraft = (changes: Partial<Draft>) => void;

/** Content as inputs of the API have it. */
export type Source = Omit<VariablesOf<typeof SaveTemplate>["input"], "name" | "replaces">;

/** A new template begins with it, because an empty MJML document shows nothing. */
const FIRST_MJML = `<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Hello {{ name | default: "there" }},</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;

/** The draft of a new template. */
export const NEW_DRAFT: Draft = {
  format: "MJML",
  subject: "",
  text: "",
  html: "",
  mjml: FIRST_MJML,
};

/** The draft of a change of a version. */
export function draftOf({ content: { subject, text, html }, mjml, textMade }: Version): Draft {
  return {
    format: mjml !== null ? "MJML" : html !== null ? "HTML" : "TEXT",
    subject,
    text: textMade ? "" : text ?? "",
    html: mjml === null ? html ?? "" : "",
    mjml: mjml ?? FIRST_MJML,
  };
}

/** The content of a draft, without the parts of other formats. */
export function inputOf({ format, subject, text, html, mjml }: Draft): Source {
  if (format === "MJML") return { subject, mjml, ...(text && { text }) };
  return {
    content: { subject, ...(text && { text }), ...(format === "HTML" && html && { html }) },
  };
}

/** The content of a version as it was written. */
export function sourceOf(version: Version): Source {
  return inputOf(draftOf(version));
}
