import assert from "node:assert/strict";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";

Deno.test("parseSmtpUrl() uses STARTTLS on 587 and implicit TLS on 465 by default", () => {
  assert.deepEqual(parseSmtpUrl("smtp://smtp.example.com"), {
    name: "smtp.example.com:587",
    host: "smtp.example.com",
    port: 587,
    implicitTls: false,
    requireTls: false,
    verifyCertificate: true,
    credentials: null,
    connections: 10,
    perSecond: null,
  });
  const implicit = parseSmtpUrl("smtps://smtp.example.com");
  assert.deepEqual([implicit.port, implicit.implicitTls], [465, true]);
});

Deno.test("parseSmtpUrl() reads port, login and options", () => {
  const provider = parseSmtpUrl(
    "smtp://ada%40example.com:p%3A%2F%25@[::1]:2525?connections=3&requireTLS=true&rejectUnauthorized=false",
  );
  assert.equal(provider.name, "[::1]:2525");
  assert.equal(provider.host, "::1");
  assert.deepEqual(provider.credentials, { user: "ada@example.com", password: "p:/%" });
  assert.deepEqual([provider.connections, provider.requireTls, provider.verifyCertificate], [
    3,
    true,
    false,
  ]);
});

Deno.test("parseSmtpUrl() reads a rate by the second, minute or hour", () => {
  const rates = ["50/s", "0.5/s", "90/m", "1800/h"].map((rate) =>
    parseSmtpUrl(`smtp://smtp.example.com?rate=${rate}`).perSecond
  );
  assert.deepEqual(rates, [50, 0.5, 1.5, 0.5]);
});

for (
  const [url, fault] of [
    ["smtp.example.com:587", /expected smtp:/],
    ["https://smtp.example.com", /expected smtp:/],
    ["smtp://", /expected smtp:/],
    ["smtp://ada@example.com", /given together/],
    ["smtp://:secret@example.com", /given together/],
    ["smtp://ada:secret%@example.com", /%25/],
    ["smtp://ada:secret@example.com?connections=0", /from 1 to 100/],
    ["smtp://ada:secret@example.com?connections=ten", /from 1 to 100/],
    ["smtp://ada:secret@example.com?requireTLS=yes", /true or false/],
    ["smtp://ada:secret@example.com?rate=50", /rate=50\/s/],
    ["smtp://ada:secret@example.com?rate=0/s", /rate=50\/s/],
    ["smtp://ada:secret@example.com?rate=0.001/h", /one a day/],
    ["smtp://ada:secret@example.com?rate=-1/s", /rate=50\/s/],
    ["smtp://ada:secret@example.com?rate=1/d", /rate=50\/s/],
    ["smtp://ada:secret@example.com?pool=true", /unknown option "pool"/],
  ] as const
) {
  Deno.test(`parseSmtpUrl() refuses ${url} without showing the password`, () => {
    assert.throws(() => parseSmtpUrl(url), (error: Error) => {
      assert.match(error.message, fault);
      assert.doesNotMatch(error.message, /secret/);
      return error instanceof TypeError;
    });
  });
}
