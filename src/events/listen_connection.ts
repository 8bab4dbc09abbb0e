import type pg from "pg";

/** A connection that listens for notifications until it is lost. */
export interface ListenConnection {
  /** Sends notifications. Resolves to false if that failed, which also loses the connection. */
  send(payloads: readonly string[]): Promise<boolean>;
  /** Rejects with the reason once the connection is lost. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

/** Maximum size of a payload in bytes: PostgreSQL accepts fewer than 8,000. */
export const MAX_PAYLOAD = 7_999;

const CHANNEL = "waybill";
const NOTIFY = "/* events.notify */ select pg_notify($1, payload) from unnest($2::text[]) payload";
const ECHO_INTERVAL_MS = 10_000;
const ECHO_DEADLINE_MS = 5_000;
const ANSWER_DEADLINE_MS = 5_000;

/**
 * Listens on a connection, and checks every 10 s that it still receives its own notifications.
 *
 * @param client connected; it is closed if listening fails
 * @param onPayload receives each payload, including those that this connection has sent
 */
export async function openListenConnection(
  client: pg.Client,
  onPayload: (payload: string) => void,
): Promise<ListenConnection> {
  const { promise: lost, reject: lose } = Promise.withResolvers<never>();
  // Otherwise a loss before the caller awaits the promise would be an unhandled rejection.
  lost.catch(() => {});
  client.on("error", lose);
  client.on("end", () => lose(new Error("Connection for events was closed")));

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
    () => lose(new Error(`Connection for events received no echo within ${ECHO_DEADLINE_MS} ms`)),
  );
  client.on("notification", ({ channel, payload = "" }) => {
    if (channel === CHANNEL) onPayload(payload);
    else echo.received();
  });
  const connection: ListenConnection = {
    send: (payloads) => notify(CHANNEL, payloads),
    lost,
    async close() {
      echo.stop();
      await client.end();
    },
  };
  const silence = setTimeout(
    () => lose(new Error(`Connection for events did not answer within ${ANSWER_DEADLINE_MS} ms`)),
    ANSWER_DEADLINE_MS,
  );
  try {
    // A notification is lost in a crash of the database anyway, so that none waits for the disk.
    const listen = `set synchronous_commit = off; listen ${CHANNEL}; listen "${echoChannel}"`;
    await Promise.race([client.query(listen), lost]);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  } finally {
    clearTimeout(silence);
  }
}

function watchEcho(sendEcho: () => void, onSilence: () => void) {
  let deadline: ReturnType<typeof setTimeout> | undefined;
  const received = () => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const interval = setInterval(() => {
    deadline ??= setTimeout(onSilence, ECHO_DEADLINE_MS);
    sendEcho();
  }, ECHO_INTERVAL_MS);
  return {
    received,
    stop() {
      clearInterval(interval);
      received();
    },
  };
}
