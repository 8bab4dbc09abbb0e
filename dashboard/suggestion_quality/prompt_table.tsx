import { PageLink } from "../kit/links.tsx";
import type { SuggestionQuality } from "./operations.ts";
import { QualityTable } from "./quality_table.tsx";

type PromptQuality = SuggestionQuality["byPrompt"][number];

/** Quality by version of the prompt and model. */
export function PromptTable({ prompts }: { readonly prompts: readonly PromptQuality[] }) {
  return (
    <QualityTable
      label="By prompt version and model"
      headings={["Prompt version", "Model"]}
      rows={prompts.map((quality) => ({
        ...quality,
        key: `${quality.promptVersion} ${quality.model}`,
        cells: [<PromptName key="version" quality={quality} />, quality.model ?? "–"],
      }))}
    />
  );
}

function PromptName({ quality: { prompt, promptVersion } }: { readonly quality: PromptQuality }) {
  if (!prompt) return "No model wrote them";
  return <PageLink to={`/prompts/${prompt.id}`}>Version {promptVersion}</PageLink>;
}
