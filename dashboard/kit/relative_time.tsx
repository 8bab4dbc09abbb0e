import { useNow } from "./clock.ts";
import { formatExact, formatRelative } from "./format.ts";

/** A time as distance from now, which ticks; the exact time is shown under the pointer. */
export function RelativeTime({ at }: { readonly at: string | number }) {
  const now = useNow();
  return (
    <time
      className="numbers"
      dateTime={new Date(at).toISOString()}
      title={formatExact(at)}
    >
      {formatRelative(new Date(at).getTime(), now)}
    </time>
  );
}
