import { RelativeTime } from "../kit/relative_time.tsx";

/** The next ticks of a schedule, each as local time of its zone and as distance from now. */
export function NextTicks({ ticks, timezone }: {
  readonly ticks: readonly string[];
  readonly timezone: string;
}) {
  const format = new Intl.DateTimeFormat("en", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
    timeZone: timezone,
    timeZoneName: "short",
  });
  if (ticks.length === 0) {
    return <p className="dimmed">It is paused, so nothing is due. Enable it to continue.</p>;
  }
  return (
    <section>
      <h3>Next runs</h3>
      <ol className="next-ticks">
        {ticks.map((tick) => (
          <li key={tick}>
            <span className="numbers">{format.format(new Date(tick))}</span>
            <span className="dimmed">
              <RelativeTime at={tick} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
