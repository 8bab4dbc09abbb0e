import { createSign } from "node:crypto";

/** A message of Amazon SNS without its signature. */
export interface SnsShape {
  readonly Type: string;
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly SignatureVersion: "1" | "2";
  readonly SigningCertURL: string;
  readonly Subject?: string;
  readonly SubscribeURL?: string;
  readonly Token?: string;
}

/** Test server for SNS certificates and subscription confirmations. */
export interface SnsTestServer {
  /** Sends requests for Amazon to this server. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Requested paths, in order. */
  readonly requestedPaths: readonly string[];
  close(): Promise<void>;
}

export const TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces";
const HOST = "https://sns.eu-west-1.amazonaws.com";

/** Starts the server on a free port. */
export function startSnsServer(): SnsTestServer {
  const requestedPaths: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    requestedPaths.push(pathname);
    return RESPONSES[pathname]?.() ?? new Response(CERTIFICATE);
  });
  return {
    requestedPaths,
    fetch: (url, init) => fetch(url.replace(HOST, `http://127.0.0.1:${server.addr.port}`), init),
    close: () => server.shutdown(),
  };
}

/** URL of a signing certificate at Amazon. */
export function certificateUrl(id: string): string {
  return `${HOST}/SimpleNotificationService-${id}.pem`;
}

const RESPONSES: Readonly<Record<string, () => Response>> = {
  "/SimpleNotificationService-0404.pem": () => new Response(null, { status: 404 }),
  "/SimpleNotificationService-0500.pem": () => new Response(null, { status: 500 }),
  "/SimpleNotificationService-0302.pem": () => Response.redirect("http://127.0.0.1:1/"),
  "/SimpleNotificationService-0.pem": () => new Response("Hello"),
  "/SimpleNotificationService-00.pem": () => new Response("x".repeat(10_000_000)),
};

/** A notification with the signature of SNS. */
export function signedSns(overrides: Partial<SnsShape>): string {
  const message: SnsShape = {
    Type: "Notification",
    MessageId: crypto.randomUUID(),
    TopicArn: TOPIC,
    Message: "Successfully validated SNS topic for Amazon SES event publishing.",
    Timestamp: new Date().toISOString(),
    SignatureVersion: "2",
    SigningCertURL: certificateUrl("01d088a6f77103d0fe307c0069e40ed6"),
    ...overrides,
  };
  // SNS signs the fields in alphabetical order, without the signature's own.
  const signed = Object.entries(message)
    .filter(([key]) => !key.startsWith("Sign"))
    .sort(([a], [b]) => a < b ? -1 : 1);
  const sign = createSign(message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256");
  for (const [key, value] of signed) sign.update(`${key}\n${value}\n`);
  return JSON.stringify({
    ...message,
    Signature: sign.sign(KEY, "base64"),
    UnsubscribeURL: `${HOST}/?Action=Unsubscribe`,
  });
}

// Self-signed until 2126, for tests only.
const KEY = `-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDNGkS33hbbM1xp
raYAHf53fH5mhOuh9Hqwnhf1AW1KUrg4pWj/ZtxdiPo6fy0/iv/aH7p3BqTzEv8N
pQi15sHL38fUSWjMXT8CRu5qz87xbwe+9b2b8mggLhKLfNeWtaoblv+7HWLRQgyv
PwlVqk4jAtlBgD43BkvtT5r68PGuLm95BH/+zfxjcut2hfeUCq8sC3OgDt1+N9+k
dt6F39X5oiOfqvBY0JkQ+d/DJDiVIbU32cmPqCU8DUKNisGsLD5lj2F08Lq1VRv0
qj2tT4tPHjFf9bZSJRnCtm97cNP8+EoeLqcS3SVramd0QDVMiC1i7ob2S5IAuhi/
/w21KKt7AgMBAAECggEAFwSar7PqBsG13lpRpfO3yjsbiG/kbfGdD1M+xw1Y8Z1k
9V6C8R7fHlQwGP6K2nXEDvu+lnsVaf44x5Q87QUvvKyppYZzj3PrjVreiPg3dlsK
mIDFvcmvq+Tfye3B2DUdGSmSG7LJk0iBWe2OI6IQUNeSAErfMJexT7m+X+lIhk6W
Xm6iHZMIFGpzkf6TUvu4vTp7CkQIW6qouygucZ+YEWhwiaUQll+s5PX+vldvE3vJ
tILnrRrkL89ddPeqqRN5rQpc3Z5ua7g+2fo3b5wotPpDXj94JcrS5hHptPb/1DWz
cxUEZ/b9y/+HMO7UZiXjNSvEbqiFIZ4bWcjCjHYawQKBgQDn16bP+OmD3DI0R4Kf
vpsa26IbxNnmdqVI5dvV4YuA6Rfyo1shdOSUnvvGWiJy6j6HK+HL2PMN0jGdzfs5
GqQCSnVdT72J/WwXIha/eoE6zfNRpqUS8QsaCSZg0FaPkh4euyVJU12sNMrdVZG2
+s5Hyld2aIOMRBsKGhnTmvLMmwKBgQDieVa1EAz/UT/zR02BD0hCCKsMTPxq+sxR
jl3/Wv3HpZABgcXT/dfswUARQPk65dqcaC8eHjORNgMjrNSjB7q/TrfL1FWukpMh
xgskeVZlWUfSGMtRBML1kKwDtWpdFnairOn9IGJ8+Qok/dvMtCX1ONbGH401CKFA
SRkci07aoQKBgFoflpTZ6cx8WHfCJKD8c0bpggbRavMPxAimceKenqAp/Ekx/0bu
Lb0oYC8m8qVBMbVR9aBMYY9J2kfBvprgJElPsHfpe4CcptwHQFiGwp2dWayv3xOR
6ALi86xG0J9W6aaAkWoDojJDA2kuzkoXDQETQxSgZCKuhuRSaR+86A1pAoGBAMc5
3qDhQc3Id+1XKEMEYphUb8QeZV7myZ5lEyNztBRQ/OGWe6UFhVFsnyOOeLDrSuiU
bf6cqthvH0ve2h+gyRNJ+D2CyO0NXAk14s9vPiVh6OBVl2XqPmcvoWKR0MOa4zov
ypc2Se2OVvI7r4PgZhPWsHkRgHLK6K9YnpKRqgiBAoGBAIPIq5/kS5sx35LVlvzi
GtWiMZML9kFumSH4WBpWVuiqywvrC7EZPAavVz6xOyswoN82BW1j1ve0wTwvNgJJ
c/Uez+WhkYrlvQh2Seni6xCrgulnAqWGt+2FTB8K0ioBefrmj0yWEUKC/dASqSsZ
sGFf+o1wZkariaOjGFUMHMA0
-----END PRIVATE KEY-----`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDGzCCAgOgAwIBAgIUb+BTPN8rKPdVqUchEhEuUmfcp1kwDQYJKoZIhvcNAQEL
BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTIyMjEyNTI1
WhgPMjEyNjEwMjkyMTI1MjVaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzRpEt94W2zNcaa2mAB3+
d3x+ZoTrofR6sJ4X9QFtSlK4OKVo/2bcXYj6On8tP4r/2h+6dwak8xL/DaUItebB
y9/H1ElozF0/Akbuas/O8W8HvvW9m/JoIC4Si3zXlrWqG5b/ux1i0UIMrz8JVapO
IwLZQYA+NwZL7U+a+vDxri5veQR//s38Y3LrdoX3lAqvLAtzoA7dfjffpHbehd/V
+aIjn6rwWNCZEPnfwyQ4lSG1N9nJj6glPA1CjYrBrCw+ZY9hdPC6tVUb9Ko9rU+L
Tx4xX/W2UiUZwrZve3DT/PhKHi6nEt0la2pndEA1TIgtYu6G9kuSALoYv/8NtSir
ewIDAQABo1MwUTAdBgNVHQ4EFgQURrFseF4k4miOARK74nMVkBA6WwcwHwYDVR0j
BBgwFoAURrFseF4k4miOARK74nMVkBA6WwcwDwYDVR0TAQH/BAUwAwEB/zANBgkq
hkiG9w0BAQsFAAOCAQEArBie/o6KBZ88VOpIP8wBjnhhRhvsC1mstUw2/XjGJhV4
IU6lNE9ThBTyHFTy7v9BrKluEz/JLj41DjPva1sb+vvHb0PP00UZqkBb/Dif9p5v
wIgAUvXokFoL1qgEctyOFhOM+0UVjfbInfIm1wnPMIb/KvF99JYKECBHgsOpuA9V
AAEP7FY+sm3sOpSsN5tYDEtOChD5V/oxpi0+cUey4jSjSyv2ACZNomVY3xZHGYmJ
QwvzgEhEkAQWO8gPs2XlCMaeL0xK2l6Unq/tN9oE9HXoicMa0UV03EZ8RrR9GGhk
HXRtGvL7Qwxw6B/vrGQlZRSTcgDGZGL9eVWe7bLepw==
-----END CERTIFICATE-----`;
