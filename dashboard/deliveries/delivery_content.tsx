import { SegmentedControl } from "@mantine/core";
import { useState } from "react";

/** Content for one recipient, as text or as HTML in a sandboxed frame. */
export function DeliveryContent({ content, url }: {
  readonly content: {
    readonly subject: string;
    readonly text: string | null;
    readonly html: string | null;
  } | null;
  /** Address of the HTML; null if there is none. */
  readonly url: string | null;
}) {
  const hasBoth = url !== null && content?.text != null;
  // Each reading returns a new link; a change of the link would load the frame again.
  const [frameUrl] = useState(url);
  const [view, setView] = useState(url === null ? "text" : "html");
  if (!content) {
    return (
      <p className="dimmed">
        The content cannot be rendered for this recipient, for example because a variable is
        missing.
      </p>
    );
  }
  return (
    <section>
      <h3>Content for this recipient</h3>
      <p>
        <span className="dimmed">Subject</span> {content.subject}
      </p>
      {hasBoth && (
        <SegmentedControl
          size="xs"
          value={view}
          onChange={setView}
          data={[{ value: "html", label: "HTML" }, { value: "text", label: "Text" }]}
        />
      )}
      {view === "html" && url !== null
        ? <iframe className="mail-frame" title="Content as HTML" sandbox="" src={frameUrl ?? url} />
        : <pre className="mail-text">{content.text}</pre>}
    </section>
  );
}
