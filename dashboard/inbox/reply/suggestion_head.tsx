import { IconAlertTriangle, IconHelpCircle } from "@tabler/icons-react";
import { formatFraction } from "../../kit/format.ts";
import { SuggestionState } from "../suggestion_state.tsx";
import type { Suggestion } from "../thread_query.ts";
import { Rating } from "./rating.tsx";
import { Sources } from "./sources.tsx";

/** State of a suggested reply, its confidence, missing facts and sources. */
export function SuggestionHead({ suggestion }: { readonly suggestion: Suggestion }) {
  const { fallbackReason, noDraftReason, missing, sources, instruction } = suggestion;
  return (
    <header className="reply-head">
      <div className="reply-line">
        <h2>Suggested reply</h2>
        <SuggestionState suggestion={suggestion} />
        <span className="reply-rating">
          <Rating suggestion={suggestion} />
        </span>
      </div>
      <Author suggestion={suggestion} />
      {instruction !== null && <p className="dimmed">Instruction: {instruction}</p>}
      {fallbackReason !== null && (
        <Reason title="This text is from a template" reason={fallbackReason} />
      )}
      {noDraftReason !== null && <Reason title="There is no draft" reason={noDraftReason} />}
      {missing.length > 0 && (
        <p className="reply-missing">
          <IconHelpCircle size={15} aria-hidden />
          <span>The model did not know: {missing.join("; ")}</span>
        </p>
      )}
      {sources.length > 0 && <Sources sources={sources} />}
    </header>
  );
}

function Author({ suggestion: { confidence, model, promptVersion, topic } }: {
  readonly suggestion: Suggestion;
}) {
  const parts = [
    confidence !== null && `${formatFraction(confidence)} sure`,
    topic,
    model,
    promptVersion !== null && `prompt version ${promptVersion}`,
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <p className="dimmed" title="Confidence of the model, topic of the mail, model and prompt">
      {parts.join(" · ")}
    </p>
  );
}

function Reason({ title, reason }: { readonly title: string; readonly reason: string }) {
  return (
    <p className="reply-reason">
      <IconAlertTriangle size={15} aria-hidden />
      <span>
        <strong>{title}.</strong> {reason}
      </span>
    </p>
  );
}
