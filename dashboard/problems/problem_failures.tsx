import { Skeleton } from "@mantine/core";
import { useThrottledValue } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { PageLink } from "../kit/links.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { ProblemAffected } from "./problem_affected.tsx";
import { ProblemDetailsQuery } from "./problem_details.ts";
import { AFFECTED } from "./problem_facts.tsx";
import { ProblemExamples } from "./problem_examples.tsx";
import type { Problem } from "./problem_fields.ts";
import { hoursOf, ProblemTrend } from "./problem_trend.tsx";

const REREAD_MS = 1_000;

/** Failures of a problem: over time, the last ones, and the objects that they affect. */
export function ProblemFailures({ problem }: { readonly problem: Problem }) {
  const [state, setState] = useUrlState();
  const hours = hoursOf(state.hours);
  const [{ data, error }, read] = useQuery({
    query: ProblemDetailsQuery,
    variables: { id: problem.id, hours },
  });
  // A storm of failures changes the number many times a second.
  const count = useThrottledValue(problem.count, REREAD_MS);
  const shown = useRef(count);
  useEffect(() => {
    if (shown.current === count) return;
    shown.current = count;
    read({ requestPolicy: "network-only" });
  }, [count, read]);
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data?.problem) return <Skeleton height={120} mt="md" />;
  const { trend, examples, affected } = data.problem;
  return (
    <>
      <h3>Failures over time</h3>
      <ProblemTrend trend={trend} hours={hours} onHours={(value) => setState({ hours: value })} />
      <h3>{AFFECTED[problem.source].heading}</h3>
      <ProblemAffected affected={affected} total={problem.affectedCount} />
      <h3>Last failures</h3>
      <ProblemExamples examples={examples.nodes} />
      {problem.source === "DELIVERY" && (
        <PageLink to="/deliveries" search={{ problem: problem.id }} underline="always">
          All failed deliveries
        </PageLink>
      )}
      {problem.source === "JOB" && (
        <PageLink to="/jobs" search={{ problem: problem.id }} underline="always">
          All failed jobs
        </PageLink>
      )}
    </>
  );
}
