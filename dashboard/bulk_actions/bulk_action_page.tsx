import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { AbortBulkAction } from "./abort_bulk_action.tsx";
import { BulkActionItems } from "./bulk_action_items.tsx";
import { BulkActionBody, useBulkAction } from "./bulk_action_panel.tsx";
import { BULK_VERBS, BulkActionStatus } from "./bulk_action_status.tsx";

/** Page of a bulk action, live. */
export default function BulkActionPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenBulkAction key={id} id={id} />;
}

function OpenBulkAction({ id }: { readonly id: string }) {
  const { action, error, read } = useBulkAction(id);
  if (error) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (action === undefined) return <Skeleton height={120} m="md" width="auto" />;
  if (action === null) return <MissingPage noun="bulk action" />;
  return (
    <>
      <PageHead title={`${BULK_VERBS[action.action]} ${formatNumberOf(action.total, "item")}`}>
        <AbortBulkAction action={action} />
      </PageHead>
      <div className="bulk-body">
        <div className="object-state">
          <BulkActionStatus state={action.state} />
          <Id id={action.id} />
          {action.job && (
            <span className="dimmed">
              run by <Id id={action.job.id} />
            </span>
          )}
        </div>
        <BulkActionBody action={action} />
      </div>
      <BulkActionItems action={action} />
    </>
  );
}
