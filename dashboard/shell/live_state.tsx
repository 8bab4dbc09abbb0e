import { Tooltip } from "@mantine/core";
import { useEffect } from "react";
import { connection } from "../api/connection.ts";
import { useStore } from "../api/store.ts";
import { useNow } from "../kit/clock.ts";
import { formatDuration } from "../kit/format.ts";

/** State of the live connection, in words. While it is lost the page is marked, and greyed by its styles. */
export function LiveState() {
  const state = useStore(connection);
  const lost = state.state === "RECONNECTING";
  useEffect(() => {
    document.documentElement.toggleAttribute("data-stale", lost);
  }, [lost]);
  return (
    <span role="status" className="live-state" data-state={state.state}>
      {state.state === "RECONNECTING"
        ? <Reconnecting since={state.since} />
        : state.state === "LIVE"
        ? (
          <Tooltip label="Numbers on this page change by themselves">
            <span>
              <span aria-hidden>●</span> live
            </span>
          </Tooltip>
        )
        : (
          <span>
            <span aria-hidden>◌</span> connecting…
          </span>
        )}
    </span>
  );
}

function Reconnecting({ since }: { readonly since: number }) {
  const now = useNow();
  return (
    <Tooltip label="The server cannot be reached. What you see is from before; it is read again once the server answers.">
      <span>
        <span aria-hidden>◌</span> reconnecting…{" "}
        <span className="numbers">since {formatDuration(Math.max(0, now - since))}</span>
      </span>
    </Tooltip>
  );
}
