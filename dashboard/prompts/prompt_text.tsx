import { SegmentedControl } from "@mantine/core";
import { useUrlState } from "../kit/url_state.ts";
import type { PromptVersion } from "./operations.ts";
import { Difference } from "../kit/text_difference.tsx";

/** Text of a version, or its difference to the active one. */
export function PromptText({ prompt, active }: {
  readonly prompt: PromptVersion;
  readonly active: PromptVersion | undefined;
}) {
  const [{ show }, setState] = useUrlState();
  const other = active && active.id !== prompt.id ? active : null;
  const showsDifference = other !== null && show === "difference";
  return (
    <section aria-label="Text">
      <header className="prompt-text-head">
        <h2>Text</h2>
        {other && (
          <SegmentedControl
            size="xs"
            aria-label="Text shown"
            value={showsDifference ? "difference" : "text"}
            onChange={(value) => setState({ show: value === "text" ? undefined : value })}
            data={[
              { value: "text", label: "Text" },
              { value: "difference", label: `Difference to version ${other.version}` },
            ]}
          />
        )}
      </header>
      {showsDifference
        ? <Difference before={other.text} after={prompt.text} />
        : <pre className="text-block" tabIndex={0}>{prompt.text}</pre>}
    </section>
  );
}
