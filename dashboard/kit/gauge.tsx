import { formatCount } from "./format.ts";

const MAX_BLOCKS = 12;

/** Slots in use, as blocks where they are few and as a bar where they are many. */
export function Gauge({ running, slots }: { readonly running: number; readonly slots: number }) {
  if (slots === 0) return <span className="dimmed">no slots</span>;
  const blocks = Math.min(slots, MAX_BLOCKS);
  const used = Math.ceil((Math.min(running, slots) / slots) * blocks);
  return (
    <span className="gauge">
      <span
        className="gauge-blocks"
        role="img"
        aria-label={`${formatCount(running)} of ${formatCount(slots)} slots in use`}
      >
        {Array.from(
          { length: blocks },
          (_, n) => <span key={n} data-used={n < used || undefined} />,
        )}
      </span>
      <span className="numbers" aria-hidden>{formatCount(running)}/{formatCount(slots)}</span>
    </span>
  );
}
