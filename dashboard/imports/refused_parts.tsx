import { formatCount } from "../kit/format.ts";

/** A part of a file that was not imported. */
export interface RefusedPart {
  /** Its place in the file: "Line 7". */
  readonly place: string;
  readonly reason: string;
}

/** Refused parts of a file with their places and reasons; nothing if there are none. */
export function RefusedParts({ parts, count, more }: {
  readonly parts: readonly RefusedPart[];
  /** Number of all refused parts. */
  readonly count: number;
  /** Where the rest is listed. */
  readonly more: string;
}) {
  if (count === 0) return null;
  return (
    <>
      <ul className="refused-rows">
        {parts.map(({ place, reason }) => <li key={place}>{place}: {reason}</li>)}
      </ul>
      {count > parts.length && (
        <p className="dimmed">{formatCount(count - parts.length)} more. {more}</p>
      )}
    </>
  );
}
