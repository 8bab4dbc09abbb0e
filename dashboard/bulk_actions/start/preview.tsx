import { Skeleton } from "@mantine/core";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../../kit/format.ts";
import { BulkActionPreviewQuery, type BulkActionTarget } from "./operations.ts";

/** Counts the items that a bulk action would act on and skip if it started now. */
export function usePreview(input: BulkActionTarget) {
  const [{ data, error, fetching }] = useQuery({
    query: BulkActionPreviewQuery,
    variables: { input },
    requestPolicy: "network-only",
  });
  const answer = data?.bulkActionPreview;
  const result = answer?.__typename === "BulkActionPreview" ? answer : null;
  const reason = answer && "reason" in answer ? answer.reason : error && reasonOf(error);
  return { result, reason, fetching };
}

/** Number of items that a bulk action would process, and of those that it would skip, by reason. */
export function Preview({ preview: { result, reason, fetching }, verb }: {
  readonly preview: ReturnType<typeof usePreview>;
  readonly verb: string;
}) {
  if (reason) return <ErrorNotice reason={reason} />;
  if (!result) return <Skeleton height={48} />;
  const { count, complete, skipped } = result;
  return (
    <div aria-busy={fetching} role="status">
      <p className="preview-count">
        {count === 0 ? `No item matches that the action “${verb}” can be applied to.` : (
          <>
            <strong className="numbers">{formatCount(count)}</strong>{" "}
            {count === 1 ? "item" : "items"} can be processed.
          </>
        )}
        {!complete && " More match than were counted; all of them will be processed."}
      </p>
      {skipped.length > 0 && (
        <ul className="reasons">
          {skipped.map((skip) => (
            <li key={skip.reason}>{formatNumberOf(skip.count, "item")} skipped: {skip.reason}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
