import { CloseButton, Progress } from "@mantine/core";
import { useSubscription } from "urql";
import { formatCount, formatEnum, formatNumberOf } from "../../kit/format.ts";
import { PageLink } from "../../kit/links.tsx";
import { DeletionUpdated } from "./operations.ts";

const UNFINISHED = ["QUEUED", "PROCESSING"];

/** Progress of the job that deletes an organization. */
export function Deletion({ jobId, onDone }: {
  readonly jobId: string;
  readonly onDone: () => void;
}) {
  const [{ data }] = useSubscription({ query: DeletionUpdated, variables: { id: jobId } });
  const job = data?.jobUpdated;
  const { processed = 0, total = null, fraction = null } = job?.progress ?? {};
  const running = !job || UNFINISHED.includes(job.status);
  return (
    <div className="deletion">
      {running
        ? (
          <>
            <span>
              Deleting an organization: {formatCount(processed)}
              {total !== null && ` of ${formatCount(total)}`} rows
            </span>
            <Progress value={(fraction ?? 0) * 100} aria-label="Deleted share" />
          </>
        )
        : (
          <span role="status">
            {job.status === "COMPLETED"
              ? `The organization is deleted with ${formatNumberOf(processed, "row")}.`
              : `The deletion ended as ${formatEnum(job.status)}: ${job.error?.message ?? ""}`}
          </span>
        )}
      <PageLink to={`/jobs/${jobId}`}>Show the job</PageLink>
      {!running && <CloseButton size="sm" aria-label="Hide" onClick={onDone} />}
    </div>
  );
}
