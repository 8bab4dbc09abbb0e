import { Empty } from "../kit/empty.tsx";
import { formatCount, formatEnum, formatFraction } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { toneColor } from "../kit/tone.ts";
import type { MessageDetail } from "./message_query.ts";
import { RetrySettings } from "./retry_settings.tsx";

/** Success of the first attempts and of each retry, and the retry settings. */
export default function AnalyticsTab({ message }: { readonly message: MessageDetail }) {
  const { retryEffectiveness, stats, retry } = message;
  return (
    <div className="page">
      <h3>Retry effectiveness</h3>
      {retryEffectiveness.length === 0
        ? (
          <Empty title="No retry has ended yet">
            After a retry this chart shows how many recipients each attempt won back.
          </Empty>
        )
        : <Effectiveness attempts={retryEffectiveness} />}
      {stats.successFraction !== null && (
        <p>
          {formatFraction(stats.successFraction)}{" "}
          of all recipients that were not suppressed got the message.
        </p>
      )}
      <h3>Retry</h3>
      <p>
        {formatEnum(retry.mode)}, at most {retry.maxAttempts} attempts, {formatCount(retry.rounds)}
        {" "}
        retry rounds so far.
        {retry.nextAt && (
          <>
            Next scheduled retry <RelativeTime at={retry.nextAt} />.
          </>
        )}
      </p>
      <RetrySettings message={message} />
    </div>
  );
}

function Effectiveness({ attempts }: {
  readonly attempts: MessageDetail["retryEffectiveness"];
}) {
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
