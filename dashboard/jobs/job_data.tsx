import { Copy } from "../kit/copy.tsx";
import { formatPayload } from "./start/payload_schema.ts";

/** Payload or result of a job, as JSON. */
export function JobData({ title, value }: {
  readonly title: string;
  readonly value: Readonly<Record<string, unknown>>;
}) {
  const text = formatPayload(value);
  return (
    <section>
      <h3>
        {title} <Copy value={text} label={title.toLowerCase()} />
      </h3>
      <pre className="mail-text" tabIndex={0} aria-label={title}>{text}</pre>
    </section>
  );
}
