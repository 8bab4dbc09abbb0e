import { formatCount } from "../kit/format.ts";
import type { RefusedRow } from "./upload.ts";

/** Refused rows of a file with their lines and reasons; nothing if there are none. */
export function RefusedRows({ rows, count, more }: {
  readonly rows: readonly RefusedRow[];
  /** Number of all refused rows. */
  readonly count: number;
  /** Where the rest is listed. */
  readonly more: string;
}) {
  if (count === 0) return null;
  return (
    <>
      <ul className="refused-rows">
        {rows.map(({ line, reason }) => <li key={line}>Line {line}: {reason}</li>)}
      </ul>
      {count > rows.length && (
        <p className="dimmed">{formatCount(count - rows.length)} more. {more}</p>
      )}
    </>
  );
}
