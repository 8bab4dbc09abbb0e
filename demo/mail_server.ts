import { SMTPServer } from "smtp-server";

/** Number of mails by reply. */
export interface MailCounts {
  accepted: number;
  refused: number;
}

// Latency of a mail server in the same region.
const REPLY_MS = 15;

/**
 * Starts a mail server that delivers nothing. It accepts all mails except those to nobody… (550, no
 * such mailbox), full… (452, mailbox full) and the first one to each later…, whose mailbox is full, too.
 *
 * @returns the SMTP URL, and the counts, which are updated
 */
export async function startMailServer(): Promise<{ url: string; counts: MailCounts }> {
  const counts = { accepted: 0, refused: 0 };
  const known = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onRcptTo({ address }, _session, callback) {
      const refusal = refusalOf(address, known);
      known.add(address);
      if (refusal) counts.refused++;
      setTimeout(() => callback(refusal), REPLY_MS);
    },
    onData(stream, _session, callback) {
      stream.resume();
      stream.on("end", () => {
        counts.accepted++;
        setTimeout(callback, REPLY_MS);
      });
    },
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = listener.address();
  if (address === null || typeof address === "string") {
    throw new Error("Cannot start the mail server: it has no TCP port");
  }
  return { url: `smtp://127.0.0.1:${address.port}`, counts };
}

function refusalOf(address: string, known: ReadonlySet<string>): Error | null {
  if (address.startsWith("nobody")) {
    return Object.assign(new Error("5.1.1 No such mailbox"), { responseCode: 550 });
  }
  if (address.startsWith("full") || address.startsWith("later") && !known.has(address)) {
    return Object.assign(new Error("4.2.2 Mailbox full"), { responseCode: 452 });
  }
  return null;
}
