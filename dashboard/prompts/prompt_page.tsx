import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { ButtonLink, Id, PageLink } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";
import { PromptQuery } from "./operations.ts";
import { Promote } from "./promote.tsx";
import { PromptOrigin, PromptState } from "./prompt_state.tsx";
import { PromptText } from "./prompt_text.tsx";
import { PromptVersions } from "./prompt_versions.tsx";
import { titleOf } from "./prompt_words.ts";
import { PromptTrials } from "./trials/prompt_trials.tsx";
import { StartTrial } from "./trials/start_trial.tsx";
import "./prompts.css";

/** Page of a version of a prompt, beside the other versions. */
export default function PromptPage() {
  const { id = "" } = useParams({ strict: false });
  const isAdmin = useIsAdmin();
  const [{ data, error }, read] = useQuery({
    query: PromptQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  const { prompt } = data;
  if (!prompt) return <MissingPage noun="prompt" />;
  const active = prompt.versions.nodes.find((version) => version.active);
  return (
    <>
      <div className="page-path">
        <PageLink to="/prompts">Prompts</PageLink>
      </div>
      <PageHead title={`${titleOf(prompt.name)}, version ${prompt.version}`}>
        {isAdmin && <Promote prompt={prompt} active={active} />}
        {isAdmin && <StartTrial prompt={prompt} />}
        {isAdmin && (
          <ButtonLink to={`/prompts/${prompt.id}/edit`} size="compact-md" variant="default">
            Edit
          </ButtonLink>
        )}
      </PageHead>
      <div className="message-state">
        <PromptState active={prompt.active} />
        <PromptOrigin {...prompt} />
        <Id id={prompt.id} />
      </div>
      <div className="page prompt-page">
        <div>
          <PromptVersions prompt={prompt} />
          <PromptTrials promptId={prompt.id} />
        </div>
        <PromptText prompt={prompt} active={active} />
      </div>
    </>
  );
}
