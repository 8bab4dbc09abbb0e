import { formatCount, formatFraction } from "../kit/format.ts";
import { toneColor } from "../kit/tone.ts";

interface AttemptResults {
  readonly attemptNumber: number;
  readonly sent: number;
  readonly failed: number;
}

/** Results of first attempts and of each retry, as bars. */
export function Effectiveness({ attempts }: { readonly attempts: readonly AttemptResults[] }) {
  const largest = Math.max(...attempts.map(({ sent, failed }) => sent + failed), 1);
  return (
    <div className="bars">
      {attempts.map(({ attemptNumber, sent, failed }) => (
        <div key={attemptNumber} className="bar-row">
          <span>Attempt {attemptNumber}</span>
          <span className="bar" role="img" aria-label={`${sent} sent, ${failed} failed`}>
            <span style={{ width: `${(sent / largest) * 100}%`, background: toneColor("done") }} />
            <span
              style={{ width: `${(failed / largest) * 100}%`, background: toneColor("person") }}
            />
          </span>
          <span className="numbers">
            {formatCount(sent)} sent · {formatCount(failed)} failed ·{" "}
            {formatFraction(sent / Math.max(1, sent + failed))}
          </span>
        </div>
      ))}
    </div>
  );
}
