import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from "smtp-server";

/** One mail that the server has accepted for one recipient. */
export interface ReceivedMail {
  readonly recipient: string;
  readonly messageId: string | null;
  /** X-Waybill-Delivery. */
  readonly deliveryId: string | null;
  /** The whole mail, when the server was told to keep it. */
  readonly content: string;
}

/** How a test server behaves. */
export interface SmtpServerSettings {
  /** STARTTLS is offered, or TLS is spoken from the first byte; the certificate is self-signed. */
  readonly tls?: "starttls" | "implicit";
  /** The only login that is let in; without it everybody is. */
  readonly login?: {
    readonly user: string;
    readonly password: string;
    /** The reply to any other; unless told, the credentials are invalid. */
    readonly refusal?: string;
  };
  /** The reply that refuses a recipient: "550 5.1.1 No such user"; null takes it. */
  readonly reject?: (address: string) => string | null;
  /** The reply that refuses a mail at its end. */
  readonly rejectMail?: (address: string) => string | null;
  /** Awaited with the whole mail in hand, before the reply to its final dot. */
  readonly beforeReply?: (address: string) => Promise<void>;
  /** Takes connections, and never says a word. */
  readonly silent?: boolean;
  /** Given the server once it runs. */
  readonly onStart?: (server: SmtpTestServer) => void;
  readonly keepContent?: boolean;
  readonly port?: number;
}

/** A running mail server that keeps what it is given. */
export interface SmtpTestServer {
  /** For SMTP_URLS, with the login and with the certificate's check off. */
  readonly url: string;
  readonly port: number;
  /** In the order of the replies: what stands here was accepted, even if the reply got lost. */
  readonly received: ReceivedMail[];
  /** Connections taken so far. */
  readonly connections: number;
  /** Returns once that many mails are in. */
  arrival(count: number): Promise<void>;
  /** Drops all connections, and goes on taking new ones. */
  hangUp(): void;
  /** Drops all connections and stops. */
  close(): Promise<void>;
}

const HEADERS_END = "\r\n\r\n";

/** Starts a mail server on 127.0.0.1. */
export async function startSmtpServer(
  settings: SmtpServerSettings = {},
): Promise<SmtpTestServer> {
  const received: ReceivedMail[] = [];
  const watchers = new Set<() => void>();
  const sockets = new Set<{ destroy(): void }>();
  let connections = 0;
  const server = new SMTPServer({
    ...optionsOf(settings),
    async onData(stream, session, callback) {
      const content = await readMail(stream, settings.keepContent ?? false).catch(() => null);
      // The client has gone before the mail's end: there is nobody to answer.
      if (content === null) return;
      const recipient = session.envelope.rcptTo[0]?.address ?? "";
      await settings.beforeReply?.(recipient);
      const refusal = settings.rejectMail?.(recipient);
      if (refusal) return callback(refusalOf(refusal));
      received.push({
        recipient,
        messageId: headerOf(content, "Message-ID"),
        deliveryId: headerOf(content, "X-Waybill-Delivery"),
        content: settings.keepContent ? content : "",
      });
      callback(null, "2.0.0 Accepted");
      for (const watcher of [...watchers]) watcher();
    },
  });
  // A client that is killed, or that refuses the certificate, is no fault of the server.
  server.on("error", () => {});
  server.server.on("connection", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(settings.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  const hangUp = () => sockets.forEach((socket) => socket.destroy());

  const running: SmtpTestServer = {
    url: urlOf(settings, port),
    port,
    received,
    get connections() {
      return connections;
    },
    async arrival(count) {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          const watcher = () => void (watchers.delete(watcher), resolve());
          watchers.add(watcher);
        });
      }
    },
    hangUp,
    close() {
      hangUp();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  settings.onStart?.(running);
  return running;
}

function optionsOf({ tls, login, reject, silent }: SmtpServerSettings): SMTPServerOptions {
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
    onConnect(_session, callback) {
      if (!silent) callback(null);
    },
    onAuth({ username, password }, _session, callback) {
      if (username === login?.user && password === login?.password) {
        return callback(null, { user: username });
      }
      callback(refusalOf(login?.refusal ?? "535 5.7.8 Authentication credentials invalid"));
    },
    onRcptTo({ address }, _session, callback) {
      const refusal = reject?.(address);
      callback(refusal ? refusalOf(refusal) : null);
    },
  };
}

function refusalOf(reply: string): Error {
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}

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

// Self-signed for localhost until 2126; the key protects nothing.
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
