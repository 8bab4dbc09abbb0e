import { session, signIn } from "./session.ts";

const CHANNEL = "waybill.session";
const ANSWER_MS = 1_000;
const ASK = "ASK";

/**
 * Takes over the key of another tab, so that a link opened in a new tab needs no sign-in, and answers new
 * tabs. Only pages of this origin reach the channel, and nothing is stored.
 */
export function shareSession(): void {
  const channel = new BroadcastChannel(CHANNEL);
  let asking = session.get().key === null;
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const { key } = session.get();
    if (data === ASK) {
      if (key !== null) channel.postMessage({ key });
      return;
    }
    if (!asking || key !== null) return;
    asking = false;
    if (isAnswer(data)) signIn(data.key);
  };
  if (!asking) return;
  channel.postMessage(ASK);
  // A tab that was signed out later must not take over the key of others.
  setTimeout(() => asking = false, ANSWER_MS);
}

function isAnswer(data: unknown): data is { readonly key: string } {
  return typeof data === "object" && data !== null && "key" in data && typeof data.key === "string";
}
