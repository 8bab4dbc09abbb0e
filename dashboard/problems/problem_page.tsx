import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery, useSubscription } from "urql";
import { graphql } from "../api/graphql.ts";
import { BulkActionPanel } from "../bulk_actions/bulk_action_panel.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { MissingPage } from "../shell/missing_page.tsx";
import { ProblemActions } from "./problem_actions.tsx";
import { placeOf, ProblemFigures } from "./problem_facts.tsx";
import { type Problem, ProblemFields, ProblemsUpdated } from "./problem_fields.ts";
import { ProblemFailures } from "./problem_failures.tsx";
import { ProblemHistory } from "./problem_history.tsx";
import { ProblemStatus } from "./problem_state.tsx";

const ProblemQuery = graphql(
  `
  query Problem($id: ID!) {
    problem(id: $id) { ...ProblemFields }
  }
`,
  [ProblemFields],
);

/** Page of a problem: its meaning and remedy, what fails, what was done, and the actions. */
export default function ProblemPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenProblem key={id} id={id} />;
}

function OpenProblem({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: ProblemQuery, variables: { id } });
  // The cache takes the changes of this problem from those of all.
  useSubscription({ query: ProblemsUpdated, variables: {}, pause: data?.problem == null });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!data.problem) return <MissingPage noun="problem" />;
  return <Content problem={data.problem} />;
}

function Content({ problem }: { readonly problem: Problem }) {
  const [state, setState] = useUrlState();
  return (
    <>
      <PageHead title={problem.title}>
        <ProblemActions problem={problem} onStarted={(bulk) => setState({ bulk })} />
      </PageHead>
      <div className="page">
        <div className="object-state">
          <ProblemStatus problem={problem} />
          <span className="dimmed">{placeOf(problem)}</span>
          <Id id={problem.id} />
        </div>
        {state.bulk && (
          <BulkActionPanel
            key={state.bulk}
            id={state.bulk}
            onClose={() => setState({ bulk: undefined })}
          />
        )}
        <div className="explanation">
          <p>{problem.meaning}</p>
          <p>
            <strong>Remedy:</strong> {problem.remedy}
          </p>
        </div>
        <ProblemFigures problem={problem} />
        <h3>History</h3>
        <ProblemHistory problem={problem} />
        <ProblemFailures problem={problem} />
      </div>
    </>
  );
}
