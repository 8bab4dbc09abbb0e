import { Skeleton } from "@mantine/core";
import { IconArchive } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { SAMPLE_RECIPIENT, useContentPreview } from "../messages/content/content_preview.ts";
import { RenderedContent } from "../messages/content/rendered_content.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { type TemplateDetail, TemplateQuery, type Version } from "./operations.ts";
import { TemplateActions } from "./template_actions.tsx";
import { TemplateVersions } from "./template_versions.tsx";

/** Page of a template: its versions, and one of them as a recipient gets it. */
export default function TemplatePage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenTemplate key={id} id={id} />;
}

function OpenTemplate({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({
    query: TemplateQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  const { template } = data;
  if (!template) return <MissingPage noun="template" />;
  return (
    <>
      <PageHead title={template.name}>
        <TemplateActions template={template} />
      </PageHead>
      <div className="message-state">
        {template.archivedAt && <Status tone="wait" icon={IconArchive}>Archived</Status>}
        <span className="numbers">Version {template.version}</span>
        <span className="dimmed">
          changed <RelativeTime at={template.updatedAt} />
          {template.updatedBy && ` by ${template.updatedBy}`}
        </span>
        <Id id={template.id} />
      </div>
      <Versions template={template} onSaved={() => read({ requestPolicy: "network-only" })} />
    </>
  );
}

function Versions({ template, onSaved }: {
  readonly template: TemplateDetail;
  readonly onSaved: () => void;
}) {
  const [state, setState] = useUrlState();
  const { nodes } = template.versions;
  const shown = nodes.find(({ version }) => `${version}` === state.version) ?? nodes[0];
  if (!shown) return null;
  return (
    <div className="page template-page">
      <TemplateVersions
        template={template}
        shown={shown}
        onShow={(version) => setState({ version: `${version}` })}
        onSaved={() => {
          setState({ version: undefined });
          onSaved();
        }}
      />
      <Shown key={shown.version} version={shown} />
    </div>
  );
}

function Shown({ version: { content, mjml, textMade } }: { readonly version: Version }) {
  const result = useContentPreview(content, SAMPLE_RECIPIENT);
  return (
    <section aria-label="Preview">
      {result && <RenderedContent result={result} />}
      {textMade && <p className="dimmed">The text is generated from the HTML.</p>}
      {mjml !== null && (
        <details>
          <summary>MJML source</summary>
          <pre className="mail-text" tabIndex={0}>{mjml}</pre>
        </details>
      )}
    </section>
  );
}
