import { getLogger } from "@logtape/logtape";

const READER_DEADLINE_MS = 60_000;
const log = getLogger(["waybill", "server"]);

/**
 * Prepares a response of Server-Sent Events for proxies and slow clients; returns other responses unchanged.
 * nginx must not buffer it. A client that reads nothing for a minute while events wait for it is
 * disconnected, so that it does not hold its subscription for ever.
 *
 * @param deadlineMs milliseconds
 */
export function prepareEventStream(
  response: Response,
  deadlineMs = READER_DEADLINE_MS,
): Response {
  const { body, status } = response;
  if (!body || response.headers.get("content-type") !== "text/event-stream") return response;
  const headers = new Headers(response.headers);
  headers.set("x-accel-buffering", "no");
  return new Response(untilStalled(body, deadlineMs), { status, headers });
}

function untilStalled(
  events: ReadableStream<Uint8Array>,
  deadlineMs: number,
): ReadableStream<Uint8Array> {
  const reader = events.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Without a queue of its own, so that a pull means that the client takes the next event.
  return new ReadableStream({
    async pull(controller) {
      clearTimeout(timer);
      const { done, value } = await reader.read();
      if (done) return controller.close();
      timer = setTimeout(() => {
        log.info("Ending an event stream: its client has read nothing for {seconds} s", {
          seconds: deadlineMs / 1_000,
        });
        const stalled = new Error("The client has stopped reading");
        controller.error(stalled);
        end(stalled);
      }, deadlineMs);
      controller.enqueue(value);
    },
    cancel(reason) {
      clearTimeout(timer);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });

  function end(reason: Error): void {
    reader.cancel(reason).catch((error) => log.warn("Cannot end a subscription", { error }));
  }
}
