import { Copy } from "../kit/copy.tsx";
import type { MessageDetail } from "./message_query.ts";

/** Templates of a message; a recipient's page shows them rendered. */
export default function ContentTab({ message }: { readonly message: MessageDetail }) {
  const { subject, text, html } = message.content;
  return (
    <div className="page">
      <p className="dimmed">
        These are the templates. Open a recipient to see them rendered.
      </p>
      <h3>Subject</h3>
      <p>{subject}</p>
      <Template title="Text" source={text} />
      <Template title="HTML" source={html} />
    </div>
  );
}

function Template({ title, source }: {
  readonly title: string;
  readonly source: string | null;
}) {
  if (source === null) return null;
  return (
    <section>
      <h3>
        {title} <Copy value={source} label={title} />
      </h3>
      <pre className="mail-text" tabIndex={0}>{source}</pre>
    </section>
  );
}
