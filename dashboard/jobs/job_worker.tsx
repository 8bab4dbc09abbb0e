import type { JobDetail } from "./job_query.ts";

/** Worker that has or had a job: its host if the caller may know it, and a short id. */
export function JobWorker({ worker: { id, host } }: {
  readonly worker: JobDetail["attempts"][number]["worker"];
}) {
  return <span className="dimmed" title={id}>{host ?? `worker …${id.slice(-6)}`}</span>;
}
