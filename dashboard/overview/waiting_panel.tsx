import { ERROR_TYPES } from "../deliveries/error_types.ts";
import { formatCount, formatFraction } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";
import type { Overview } from "./operations.ts";

const SHOWN = 5;

/** Waiting recipients by message type, and errors of the last hour by type. */
export function WaitingPanel({ deliveries }: { readonly deliveries: Overview["deliveries"] }) {
  const { pendingByType, errorTypes } = deliveries;
  return (
    <Panel title="Waiting and errors">
      <h3>Recipients waiting, by message type</h3>
      {pendingByType.length === 0 && <p className="dimmed">No recipient is waiting.</p>}
      <ul className="panel-rows">
        {pendingByType.slice(0, SHOWN).map(({ type, count, capped }) => (
          <li key={type} className="count-row">
            <span>{type}</span>
            <PageLink
              to="/deliveries"
              search={{ type, status: "PENDING,SENDING" }}
              className="numbers"
            >
              {formatCount(count)}
              {capped && "+"}
            </PageLink>
          </li>
        ))}
      </ul>
      <h3>Errors in the last hour</h3>
      {errorTypes.length === 0 && <p className="dimmed">No attempt failed.</p>}
      <ul className="panel-rows">
        {errorTypes.map(({ errorType, count, fraction }) => {
          const { icon: Symbol, label, meaning } = ERROR_TYPES[errorType];
          return (
            <li key={errorType} className="count-row" title={meaning}>
              <span className="error-text">
                <Symbol size={14} aria-hidden /> {label}
              </span>
              <PageLink
                to="/deliveries"
                search={{ errors: errorType, failed: "1h" }}
                className="numbers"
              >
                {formatCount(count)} ({formatFraction(fraction)})
              </PageLink>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
