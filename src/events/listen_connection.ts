import type pg from "pg";

/** A connection that listens, until it is lost. */
export interface Line {
  /** False when that failed, and the connection is lost by it. */
  send(payloads: readonly string[]): Promise<boolean>;
  /** Rejects with the reason when the connection is lost. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

/** PostgreSQL takes payloads shorter than 8,000 bytes. */
export const MAX_PAYLOAD = 7_999;

const CHANNEL = "waybill";
const NOTIFY = "/* events.notify */ select pg_notify($1, payload) from unnest($2::text[]) payload";
const ECHO_INTERVAL_MS = 10_000;
const ECHO_DEADLINE_MS = 5_000;

/** Makes a connection listen, and watches that it goes on hearing its own echo. */
export async function openLine(
  client: pg.Client,
  onPayload: (payload: string) => void,
): Promise<Line> {
  const { promise: lost, reject: lose } = Promise.withResolvers<never>();
  // A loss before anybody awaits it must not count as unhandled.
  lost.catch(() => {});
  client.on("error", lose);
  client.on("end", () => lose(new Error("Connection for events has ended")));

  const notify = async (channel: string, payloads: readonly string[]) => {
    try {
      await client.query(NOTIFY, [channel, payloads]);
      return true;
    } catch (error) {
      lose(error);
      return false;
    }
  };
  const echoChannel = `waybill_echo_${crypto.randomUUID()}`;
  const echo = watchEcho(
    () => notify(echoChannel, [""]),
    () => lose(new Error(`Connection for events was silent for ${ECHO_DEADLINE_MS} ms`)),
  );
  client.on("notification", ({ channel, payload = "" }) => {
    if (channel === CHANNEL) onPayload(payload);
    else echo.heard();
  });
  const line: Line = {
    send: (payloads) => notify(CHANNEL, payloads),
    lost,
    async close() {
      echo.stop();
      await client.end();
    },
  };
  try {
    await client.query(`listen ${CHANNEL}; listen "${echoChannel}"`);
    return line;
  } catch (error) {
    await line.close();
    throw error;
  }
}

function watchEcho(call: () => void, onSilence: () => void) {
  let deadline: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const interval = setInterval(() => {
    deadline ??= setTimeout(onSilence, ECHO_DEADLINE_MS);
    call();
  }, ECHO_INTERVAL_MS);
  return {
    heard,
    stop() {
      clearInterval(interval);
      heard();
    },
  };
}
