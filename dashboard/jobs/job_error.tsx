import { Copy } from "../kit/copy.tsx";
import type { JobError } from "./job_fields.ts";

/** Type, code and text of an error in one line: "TIMEOUT: …". */
export function formatJobError({ type, code, message }: JobError): string {
  return `${[type, code].filter(Boolean).join(" ")}: ${message}`;
}

/** An error with its remedy, if the type has a common one. */
export function JobErrorNotice({ error }: { readonly error: JobError }) {
  const text = formatJobError(error);
  const remedy = REMEDIES[error.type];
  return (
    <div className="job-error">
      <div>
        <code>{text}</code> <Copy value={text} label="error" />
      </div>
      {remedy && <p>{remedy}</p>}
    </div>
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  TIMEOUT: "An attempt took longer than its kind allows. Retry it when the load is lower.",
  CRASHED:
    "Its worker died several times while it ran, so the job was failed. Check the memory and the log " +
    "of the worker before you retry it.",
  INVALID_PAYLOAD: "The payload is not valid for its kind. Run it again with a corrected payload.",
  INTERNAL:
    "The program failed unexpectedly. Look for the cause in the log of the server, then retry it.",
};
