import { Effectiveness } from "../deliveries/effectiveness.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatCount, formatEnum, formatFraction } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
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
