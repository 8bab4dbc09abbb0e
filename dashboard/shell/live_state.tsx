import { Tooltip } from "@mantine/core";
import { useEffect } from "react";
import { connection } from "../api/connection.ts";
import { useStore } from "../api/store.ts";
import { useNow } from "../kit/clock.ts";
import { formatDuration } from "../kit/format.ts";

const LOOKS = {
  CONNECTING: ["◌", "connecting…", "The live connection is being opened."],
  LIVE: ["●", "live", "The data of this page is updated live."],
  RECONNECTING: [
    "◌",
    "reconnecting…",
    "The server cannot be reached. The data of this page may be old; it is read again as soon as the " +
    "server answers.",
  ],
} as const;

/** State of the live connection, in words. While it is lost the page is marked, and greyed by its styles. */
export function LiveState() {
  const state = useStore(connection);
  const [symbol, word, meaning] = LOOKS[state.state];
  const lost = state.state === "RECONNECTING";
  useEffect(() => {
    document.documentElement.toggleAttribute("data-stale", lost);
  }, [lost]);
  return (
    <Tooltip label={meaning} multiline maw={320}>
      <span className="live-state" data-state={state.state}>
        <span role="status">
          <span aria-hidden>{symbol}</span> {word}
        </span>
        {/* Outside the status, because screen readers announce each change of it. */}
        {state.state === "RECONNECTING" && <Since time={state.since} />}
      </span>
    </Tooltip>
  );
}

function Since({ time }: { readonly time: number }) {
  const now = useNow();
  return (
    <>
      {" "}
      <span className="numbers">since {formatDuration(Math.max(0, now - time))}</span>
    </>
  );
}
