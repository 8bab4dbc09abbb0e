import { RefusedParts } from "./refused_parts.tsx";
import type { RefusedRow } from "./upload.ts";

/** Refused rows of a file with their lines and reasons; nothing if there are none. */
export function RefusedRows({ rows, count, more }: {
  readonly rows: readonly RefusedRow[];
  /** Number of all refused rows. */
  readonly count: number;
  /** Where the rest is listed. */
  readonly more: string;
}) {
  const parts = rows.map(({ line, reason }) => ({ place: `Line ${line}`, reason }));
  return <RefusedParts parts={parts} count={count} more={more} />;
}
