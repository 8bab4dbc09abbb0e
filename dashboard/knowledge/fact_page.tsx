import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery, useSubscription } from "urql";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Figure, Figures } from "../kit/figures.tsx";
import { formatCount } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { Evidence } from "./evidence.tsx";
import { FactActions } from "./fact_actions.tsx";
import { nameOf } from "./fact_fields.ts";
import { FactStateBadge } from "./fact_state.tsx";
import { type FactDetail, FactQuery, FactUpdated } from "./operations.ts";
import { scopeText } from "./scope.ts";

const ORIGINS: Readonly<Record<FactDetail["origin"], string>> = {
  LEARNED: "Sent mails",
  EDIT: "A change to a suggestion",
  ADDED: "Added by a person",
};

/** Page of a fact: question, answer, evidence and decision. */
export default function FactPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenFact key={id} id={id} />;
}

function OpenFact({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: FactQuery, variables: { id } });
  const fact = data?.node && "question" in data.node ? data.node : null;
  useSubscription({ query: FactUpdated, variables: { id }, pause: fact === null });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!fact) return <MissingPage noun="fact" />;
  return <Fact fact={fact} />;
}

function Fact({ fact }: { readonly fact: FactDetail }) {
  const { id, kind, question, answer, scope, origin, evidenceCount, state } = fact;
  return (
    <>
      <PageHead title={nameOf(fact)}>
        <CopyGraphQL operation={FactQuery} variables={{ id }} />
        <FactActions fact={fact} />
      </PageHead>
      <div className="message-state">
        <FactStateBadge state={state} />
        <Decision fact={fact} />
        <Id id={id} />
      </div>
      <div className="page fact">
        {question && <blockquote>{answer}</blockquote>}
        <Figures>
          <Figure label="Used for">{scopeText(scope)}</Figure>
          <Figure label="Kind">
            {kind === "FACT" ? "Answer to a question" : "Way of writing"}
          </Figure>
          <Figure label="From">{ORIGINS[origin]}</Figure>
          <Figure label="Mails as evidence">{formatCount(evidenceCount)}</Figure>
        </Figures>
        <Evidence fact={fact} />
      </div>
    </>
  );
}

function Decision({ fact: { state, decidedAt, decidedBy, createdAt } }: {
  readonly fact: FactDetail;
}) {
  if (decidedAt === null) {
    return (
      <span className="dimmed">
        Suggested replies use it, marked as uncertain · since <RelativeTime at={createdAt} />
      </span>
    );
  }
  return (
    <span className="dimmed">
      {state === "DISMISSED" ? "Used by no suggested reply" : "Used first by suggested replies"} ·
      {" "}
      <RelativeTime at={decidedAt} />
      {decidedBy && ` by ${decidedBy}`}
    </span>
  );
}
