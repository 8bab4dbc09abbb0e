import { Effectiveness } from "../deliveries/effectiveness.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatEnum, formatFraction, formatNumberOf } from "../kit/format.ts";
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
          <Empty title="No attempt has ended yet">
            This chart shows how many deliveries each attempt sent.
          </Empty>
        )
        : <Effectiveness attempts={retryEffectiveness} />}
      {stats.successFraction !== null && (
        <p>
          Sent to {formatFraction(stats.successFraction)}{" "}
          of the recipients, suppressed ones not counted.
        </p>
      )}
      <h3>Retry</h3>
      <p>
        {formatEnum(retry.mode)}, at most {formatNumberOf(retry.maxAttempts, "attempt")},{" "}
        {formatNumberOf(retry.rounds, "retry round")} so far.
        {retry.nextAt && (
          <>
            {" "}Next scheduled retry: <RelativeTime at={retry.nextAt} />.
          </>
        )}
      </p>
      <RetrySettings message={message} />
    </div>
  );
}
