import type { ReactNode } from "react";
import { formatCount } from "../kit/format.ts";
import { Panel } from "../kit/panel.tsx";
import type { Learned } from "./operations.ts";

const LANGUAGES = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

/** Style, topics and counts of what was learned from sent mails; nothing before the first run. */
export function LearnedPanel({ learned }: { readonly learned: Learned }) {
  const { style, topics, emailsLearnedCount, emailsNotLearnedCount } = learned;
  if (emailsLearnedCount === 0) return null;
  return (
    <div className="learned">
      <Panel title="What was learned" link={{ to: "/knowledge", text: "Facts" }}>
        <dl>
          <Fact name="Mails">
            {formatCount(emailsLearnedCount)} learned
            {emailsNotLearnedCount > 0 && `, ${formatCount(emailsNotLearnedCount)} not yet`}
          </Fact>
          <Fact name="Tone">{style?.tone}</Fact>
          <Fact name="Greeting">{style?.greeting}</Fact>
          <Fact name="Sign-off">{style?.signOff}</Fact>
          <Fact name="Language">{style?.language && languageName(style.language)}</Fact>
          <Fact name="Topics">
            {topics.nodes.length > 0 && (
              <ul className="topics">
                {topics.nodes.map(({ name, count }) => (
                  <li key={name} title={`${formatCount(count)} mails`}>
                    {name} <span className="dimmed numbers">{formatCount(count)}</span>
                  </li>
                ))}
              </ul>
            )}
          </Fact>
        </dl>
      </Panel>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children || <span className="dimmed">not known</span>}</dd>
    </div>
  );
}

// The model may answer with a tag that is not valid.
function languageName(tag: string): string {
  try {
    return LANGUAGES.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
