import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import { RefusedRows } from "../imports/refused_rows.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { AudienceActions } from "./audience_actions.tsx";
import { AudienceState } from "./audience_state.tsx";
import { type AudienceDetail, AudienceQuery } from "./operations.ts";
import { Recipients } from "./recipients.tsx";

/** Page of an audience: its import, refused rows and recipients. */
export default function AudiencePage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenAudience key={id} id={id} />;
}

function OpenAudience({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: AudienceQuery, variables: { id } });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  const { audience } = data;
  if (!audience) return <MissingPage noun="audience" />;
  return (
    <>
      <PageHead title={audience.name}>
        <AudienceActions
          audience={audience}
          onImported={() => read({ requestPolicy: "network-only" })}
        />
      </PageHead>
      <div className="message-state">
        <AudienceState audience={audience} />
        <span className="numbers">{formatNumberOf(audience.recipientCount, "recipient")}</span>
        <span className="dimmed">
          created <RelativeTime at={audience.createdAt} />
        </span>
        <Id id={audience.id} />
      </div>
      <ImportReport audience={audience} />
      <Recipients id={audience.id} count={audience.recipientCount} />
    </>
  );
}

function ImportReport({ audience }: { readonly audience: AudienceDetail }) {
  const { import: latest, partial } = audience;
  if (!latest) return null;
  return (
    <div className="import-report">
      {partial && (
        <ErrorNotice reason="Only a part of the file was imported, so no message can be sent to this audience. Import the whole file into it again." />
      )}
      <span className="numbers">
        Latest import: {formatCount(latest.taken)} imported · {formatCount(latest.collapsed)}{" "}
        duplicates · {formatCount(latest.refused)} refused
      </span>
      {latest.refused > 0 && (
        <details open={latest.refused <= 5}>
          <summary>Refused rows</summary>
          <RefusedRows
            rows={latest.refusedRows.nodes}
            count={latest.refused}
            more="Correct these first, then add the file again."
          />
        </details>
      )}
    </div>
  );
}
