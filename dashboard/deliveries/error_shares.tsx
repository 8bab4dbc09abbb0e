import { PageLink } from "../kit/links.tsx";
import { formatCount, formatFraction } from "../kit/format.ts";
import { toneColor } from "../kit/tone.ts";
import type { Analytics } from "./analytics_query.ts";
import { ERROR_TYPES } from "./error_types.ts";

/** Failed attempts by error type, as bars with their share; each leads to its deliveries. */
export function ErrorShares({ shares, period }: {
  readonly shares: Analytics["errorTypes"];
  /** Name of the period in the URL. */
  readonly period: string;
}) {
  if (shares.length === 0) return <p className="dimmed">No attempt failed.</p>;
  return (
    <div className="bars">
      {shares.map(({ errorType, count, fraction }) => {
        const { label, icon: Symbol, meaning } = ERROR_TYPES[errorType];
        return (
          <div key={errorType} className="bar-row bar-row-wide" title={meaning}>
            <PageLink
              to="/deliveries"
              search={{ errors: errorType, failed: period }}
              className="error-text"
            >
              <Symbol size={15} aria-hidden />
              {label}
            </PageLink>
            <span className="bar" aria-hidden>
              <span style={{ width: `${fraction * 100}%`, background: toneColor("person") }} />
            </span>
            <span className="numbers">{formatFraction(fraction)} · {formatCount(count)}</span>
          </div>
        );
      })}
    </div>
  );
}
