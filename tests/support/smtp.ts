import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from "smtp-server";

/** A mail that the server accepted for one recipient. */
export interface ReceivedMail {
  /** Address of the envelope that bounces go to. */
  readonly sender: string;
  readonly recipient: string;
  readonly messageId: string | null;
  /** Header X-Waybill-Delivery: the TypeID of the delivery. */
  readonly deliveryId: string | null;
  /** The whole mail with `keepContent`; else empty. */
  readonly content: string;
}

/** Credentials that a server accepts. */
export interface SmtpLogin {
  readonly user: string;
  readonly password: string;
  /** Reply to other credentials; absent: "535 5.7.8 Authentication credentials invalid". */
  readonly refusal?: string;
}

/** Replies that a test may change while the server runs. */
export interface SmtpReplies {
  /** Login that is required. AUTH is offered only if the server was started with one. */
  login?: SmtpLogin;
  /** Reply that refuses a recipient: "550 5.1.1 No such user"; null accepts it. */
  reject?: (address: string) => string | null;
  /** Reply that refuses a mail after its final dot; null accepts it. */
  rejectMail?: (address: string) => string | null;
  /** Awaited before the greeting. */
  beforeGreeting?: () => Promise<void>;
  /** Awaited after the mail was received, before the reply to its final dot. */
  beforeReply?: (address: string) => Promise<void>;
}

/** Settings of a test server. */
export interface SmtpServerSettings extends Readonly<SmtpReplies> {
  /** STARTTLS is offered, or TLS is used from the first byte; the certificate is self-signed. */
  readonly tls?: "starttls" | "implicit";
  /** Accepts connections, but never sends a reply. */
  readonly silent?: boolean;
  /** Does not offer SMTPUTF8. */
  readonly asciiOnly?: boolean;
  /** Called with the server once it runs. */
  readonly onStart?: (server: SmtpTestServer) => void;
  /** Keeps the content of received mails. */
  readonly keepContent?: boolean;
  /** Absent: any free port. */
  readonly port?: number;
}

/** A running mail server that records the mails it accepts. */
export interface SmtpTestServer {
  /** For SMTP_URLS, with the login and without verification of the certificate. */
  readonly url: string;
  readonly port: number;
  /** Replies from now on; at first those of the settings. */
  readonly replies: SmtpReplies;
  /** Accepted mails in the order of the replies, also those whose reply was lost. */
  readonly received: ReceivedMail[];
  /** Number of connections accepted so far. */
  readonly connections: number;
  /** Returns when at least `count` mails were received. */
  untilReceived(count: number): Promise<void>;
  /** Closes all connections; the server accepts new ones. */
  closeConnections(): void;
  /** Closes all connections and stops. */
  close(): Promise<void>;
}

const HEADERS_END = "\r\n\r\n";

/** Starts a mail server on 127.0.0.1. */
export async function startSmtpServer(
  settings: SmtpServerSettings = {},
): Promise<SmtpTestServer> {
  const { login, reject, rejectMail, beforeGreeting, beforeReply } = settings;
  const replies: SmtpReplies = { login, reject, rejectMail, beforeGreeting, beforeReply };
  const received: ReceivedMail[] = [];
  const watchers = new Set<() => void>();
  const sockets = new Set<{ destroy(): void }>();
  let connections = 0;
  const server = new SMTPServer({
    ...optionsOf(settings, replies),
    async onData(stream, session, callback) {
      const content = await readMail(stream, settings.keepContent ?? false).catch(() => null);
      // The client closed the connection before the end of the mail.
      if (content === null) return;
      const recipient = session.envelope.rcptTo[0]?.address ?? "";
      await replies.beforeReply?.(recipient);
      const refusal = replies.rejectMail?.(recipient);
      if (refusal) return callback(refusalOf(refusal));
      received.push({
        sender: session.envelope.mailFrom ? session.envelope.mailFrom.address : "",
        recipient,
        messageId: headerOf(content, "Message-ID"),
        deliveryId: headerOf(content, "X-Waybill-Delivery"),
        content: settings.keepContent ? content : "",
      });
      callback(null, "2.0.0 Accepted");
      for (const watcher of [...watchers]) watcher();
    },
  });
  // Clients that are killed, or refuse the certificate, are expected.
  server.on("error", () => {});
  server.server.on("connection", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(settings.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  const closeConnections = () => sockets.forEach((socket) => socket.destroy());

  const running: SmtpTestServer = {
    url: urlOf(settings, port),
    port,
    replies,
    received,
    get connections() {
      return connections;
    },
    async untilReceived(count) {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          const watcher = () => void (watchers.delete(watcher), resolve());
          watchers.add(watcher);
        });
      }
    },
    closeConnections,
    close() {
      closeConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  settings.onStart?.(running);
  return running;
}

function optionsOf(
  { tls, login, silent, asciiOnly = false }: SmtpServerSettings,
  replies: SmtpReplies,
): SMTPServerOptions {
  const disabled = [...(tls === "starttls" ? [] : ["STARTTLS"]), ...(login ? [] : ["AUTH"])];
  return {
    secure: tls === "implicit",
    key: KEY,
    cert: CERTIFICATE,
    disabledCommands: disabled,
    authOptional: !login,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    hideSMTPUTF8: asciiOnly,
    async onConnect(_session, callback) {
      await replies.beforeGreeting?.();
      if (!silent) callback(null);
    },
    onAuth({ username, password }, _session, callback) {
      const { login } = replies;
      if (username === login?.user && password === login?.password) {
        return callback(null, { user: username });
      }
      callback(refusalOf(login?.refusal ?? "535 5.7.8 Authentication credentials invalid"));
    },
    onRcptTo({ address }, _session, callback) {
      const refusal = replies.reject?.(address);
      callback(refusal ? refusalOf(refusal) : null);
    },
  };
}

function refusalOf(reply: string): Error {
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}

/** Reads the mail to its end, so that the client can continue; without `whole` returns the headers only. */
async function readMail(stream: SMTPServerDataStream, whole: boolean): Promise<string> {
  let content = "";
  for await (const chunk of stream) {
    if (whole || !content.includes(HEADERS_END)) content += chunk.toString("latin1");
  }
  return whole ? content : content.slice(0, content.indexOf(HEADERS_END) + 2);
}

function headerOf(content: string, name: string): string | null {
  return content.match(new RegExp(`^${name}: (.*)\r$`, "m"))?.[1] ?? null;
}

function urlOf({ tls, login }: SmtpServerSettings, port: number): string {
  const user = login && `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
  const scheme = tls === "implicit" ? "smtps" : "smtp";
  return `${scheme}://${user ?? ""}127.0.0.1:${port}${tls ? "?rejectUnauthorized=false" : ""}`;
}

// Self-signed for localhost until 2126, for tests only.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgma/r/Vfjt3fc+AjB
WOVODrpWDsHdAQv16j0zBaWiMauhRANCAARjQT9Dv3Ks3cAyn6gL99FkV+rHPQ3r
bUnBNLlpO1+FwUr4ArV7P8jygQqSEGnflOR/ATcLnOlnj7yHrPqudFTp
-----END PRIVATE KEY-----`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUHIcwNUqsjwMpqbw3Nb7yxojXcBwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE5NDIxN1oYDzIxMjYxMDI5
MTk0MjE3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARjQT9Dv3Ks3cAyn6gL99FkV+rHPQ3rbUnBNLlpO1+FwUr4ArV7P8jy
gQqSEGnflOR/ATcLnOlnj7yHrPqudFTpo28wbTAdBgNVHQ4EFgQUsado1ynnBlsK
CJNUZvov4iIxPjowHwYDVR0jBBgwFoAUsado1ynnBlsKCJNUZvov4iIxPjowDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAIjD0coMZfQTueih9/HKHuyXxPG3e8XPbYajbpK7UhAOAiAj
byH6vQYOnvnZaxC+F5f0X01nq9ZVqdFbD9QGoIe/6w==
-----END CERTIFICATE-----`;
