import assert from "node:assert/strict";
import { parseSmtpUrl, requiresTls } from "../../../src/channels/email/smtp_url.ts";

Deno.test("parseSmtpUrl() uses STARTTLS on 587 and implicit TLS on 465 by default", () => {
  assert.deepEqual(parseSmtpUrl("smtp://smtp.example.com"), {
    name: "smtp.example.com:587",
    host: "smtp.example.com",
    port: 587,
    implicitTls: false,
    requireTls: null,
    verifyCertificate: true,
    credentials: null,
    ehloName: null,
    greetingMs: 300_000,
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

Deno.test("requiresTls() is true with credentials, except on the loopback network", () => {
  const required = (url: string) => requiresTls(parseSmtpUrl(url));
  assert.equal(required("smtp://smtp.example.com"), false);
  assert.equal(required("smtp://ada:secret@smtp.example.com"), true);
  assert.equal(required("smtp://ada:secret@192.0.2.1"), true);
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
    assert.equal(required(`smtp://ada:secret@${host}`), false, host);
  }
  assert.equal(required("smtp://ada:secret@127.example.com"), true);
  assert.equal(required("smtp://ada:secret@smtp.example.com?requireTLS=false"), false);
  assert.equal(required("smtp://localhost?requireTLS=true"), true);
  // Credentials that an operator has entered replace those of the URL.
  const credentials = { user: "ada", password: "secret" };
  assert.equal(requiresTls({ ...parseSmtpUrl("smtp://smtp.example.com"), credentials }), true);
});

Deno.test("parseSmtpUrl() reads a name for EHLO, in ASCII", () => {
  const names = [
    "mail.example.com",
    "Mail.Münch.example",
    "vm-1",
    "[192.0.2.1]",
    "[IPv6:2001:db8::1]",
  ]
    .map((name) => parseSmtpUrl(`smtp://a.example?name=${encodeURIComponent(name)}`).ehloName);
  assert.deepEqual(names, [
    "mail.example.com",
    "mail.xn--mnch-0ra.example",
    "vm-1",
    "[192.0.2.1]",
    "[IPv6:2001:db8::1]",
  ]);
});

Deno.test("parseSmtpUrl() reads the time limit for the greeting in seconds or minutes", () => {
  const limits = ["1s", "90s", "2m", "60m"].map((time) =>
    parseSmtpUrl(`smtp://smtp.example.com?greeting=${time}`).greetingMs
  );
  assert.deepEqual(limits, [1_000, 90_000, 120_000, 3_600_000]);
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
    ...["", "two words", "192.0.2.1", "[192.0.2]", "[::1]", "a..b", "-a.example", "a%0D%0AQUIT"]
      .map((
        name,
      ) => [`smtp://ada:secret@example.com?name=${name}`, /name must be a host name/] as const),
    ["smtp://ada:secret@example.com?greeting=60", /greeting must be a time from 1s to 60m/],
    ["smtp://ada:secret@example.com?greeting=0s", /greeting=90s/],
    ["smtp://ada:secret@example.com?greeting=61m", /greeting=90s/],
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
