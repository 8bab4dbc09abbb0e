import assert from "node:assert/strict";
import PostalMime, { type Email } from "postal-mime";
import type { OutgoingMail } from "../../../src/channels/channel.ts";
import { AddressError, compose, parseSender } from "../../../src/channels/email/compose.ts";

const SENDER = parseSender("Wäybill <noreply@example.com>");

const MAIL: OutgoingMail = {
  deliveryId: "dlv_01h455vb4pex5vsknk084sn02q",
  to: { address: "ada@example.net", name: "Ada Lovelace" },
  subject: "Hello",
  text: "Hello Ada",
  html: "<p>Hello Ada</p>",
};

function parse(mail: Partial<OutgoingMail>): Promise<Email> {
  return PostalMime.parse(compose({ ...MAIL, ...mail }, SENDER).content);
}

function linesOf(mail: Partial<OutgoingMail>): string[] {
  return compose({ ...MAIL, ...mail }, SENDER).content.toString("latin1").split("\r\n");
}

Deno.test("compose() derives the Message-ID from the delivery's id and the sender's domain", async () => {
  const first = await parse({});
  assert.equal(first.messageId, "<dlv_01h455vb4pex5vsknk084sn02q@example.com>");
  assert.equal((await parse({ subject: "Again" })).messageId, first.messageId);
  const header = first.headers.find(({ key }) => key === "x-waybill-delivery");
  assert.equal(header?.value, "dlv_01h455vb4pex5vsknk084sn02q");
});

Deno.test("compose() writes From, To and Date", async () => {
  const before = Math.floor(Date.now() / 1_000) * 1_000;
  const { from, to, date } = await parse({});
  assert.deepEqual(from, { name: "Wäybill", address: "noreply@example.com" });
  assert.deepEqual(to, [{ name: "Ada Lovelace", address: "ada@example.net" }]);
  assert.ok(Date.parse(date ?? "") >= before);
});

Deno.test("compose() writes a sender of the mail, while bounces go to that of the provider", async () => {
  const from = { address: "news@bücher.example", name: 'Böks, "Ltd"' };
  const mail = { from, replyTo: "help@bücher.example" };
  const parsed = await parse(mail);
  const domain = "xn--bcher-kva.example";
  assert.deepEqual(parsed.from, { name: from.name, address: `news@${domain}` });
  assert.deepEqual(parsed.replyTo?.map(({ address }) => address), [`help@${domain}`]);
  const composed = compose({ ...MAIL, ...mail }, SENDER);
  assert.equal(composed.from, "noreply@example.com");
  assert.equal(composed.messageId, `<${MAIL.deliveryId}@example.com>`);
  assert.equal(composed.utf8Address, null);
  const { utf8Address } = compose({ ...MAIL, replyTo: "grüße@example.com" }, SENDER);
  assert.equal(utf8Address, "grüße@example.com");
});

Deno.test("compose() adds no header by a sender", () => {
  const name = "A\r\nBcc: eve@example.net";
  const lines = linesOf({ from: { address: "a@example.com", name } });
  assert.ok(!lines.some((line) => line.startsWith("Bcc")), lines.join("\n"));
  for (const address of ["a@example.com\r\nBcc: eve@example.net", "a@example.com, b@example.com"]) {
    assert.throws(() => linesOf({ from: { address, name: null } }), AddressError);
    assert.throws(() => linesOf({ replyTo: address }), AddressError);
  }
});

Deno.test("compose() continues the thread of a reply, and leaves out ids that would add a header", async () => {
  const references = ["first@example.net", "x>\r\nBcc: eve@example.com", "second@example.net"];
  const { inReplyTo, references: named, headers } = await parse({ references });
  assert.equal(inReplyTo, "<second@example.net>");
  assert.equal(named, "<first@example.net> <second@example.net>");
  assert.equal(headers.some(({ key }) => key === "bcc"), false);
  assert.equal((await parse({ references: ["no id"] })).inReplyTo, undefined);
});

Deno.test("compose() writes List-Id with the sender's domain, beside List-Unsubscribe only", () => {
  const listId = "org_01h455vb4pex5vsknk084sn02q";
  const idsOf = (mail: Partial<OutgoingMail>) =>
    linesOf({ ...mail, listId }).filter((line) => line.startsWith("List-Id:"));
  const unsubscribeUrl = "https://example.com/unsubscribe/x";
  assert.deepEqual(idsOf({}), []);
  assert.deepEqual(idsOf({ unsubscribeUrl }), [`List-Id: <${listId}.example.com>`]);
  const from = { address: "news@acme.example", name: null };
  assert.deepEqual(idsOf({ unsubscribeUrl, from }), [`List-Id: <${listId}.acme.example>`]);
});

// The parser converts CRLF to LF only in some encodings.
function withoutCarriageReturns(text = ""): string {
  return text.replaceAll("\r", "").trimEnd();
}

const TEXTS: Record<string, string> = {
  "plain ASCII": "One\nTwo\n",
  "lines that start with a dot": ".\n..\n.hidden\n",
  "a line of 2,000 characters": `${"word ".repeat(400)}\n`,
  "mostly Latin": "Grüße aus Köln, 10 % günstiger = gut\n".repeat(20),
  "mostly Cyrillic": "Съешь же ещё этих мягких французских булок\n".repeat(20),
  "emoji at the end of a line": `${"x".repeat(70)}👩🏽‍🚀${"y".repeat(70)}👩🏽‍🚀\n`,
  "spaces before line ends": "one  \ntwo\t\n",
  "text that looks like a boundary": `--=_${MAIL.deliveryId}x\n--=_\n`,
};

for (const [name, content] of Object.entries(TEXTS)) {
  Deno.test(`compose() keeps ${name} in both parts`, async () => {
    const html = `<p>${content}</p>`;
    const parsed = await parse({ text: content, html });
    assert.equal(withoutCarriageReturns(parsed.text), content.trimEnd());
    assert.equal(withoutCarriageReturns(parsed.html), html);
    assert.ok(linesOf({ text: content, html }).every((line) => line.length <= 998));
  });
}

Deno.test("compose() ends every line with CRLF", () => {
  const content = compose({ ...MAIL, text: "a\nb\rc\r\nd", html: null }, SENDER).content;
  assert.deepEqual(content.toString().split("\r\n").slice(-4), ["a", "b", "c", "d"]);
  assert.doesNotMatch(content.toString().replaceAll("\r\n", ""), /[\r\n]/);
});

Deno.test("compose() writes no multipart mail for one part", async () => {
  const text = await parse({ html: null });
  assert.deepEqual([text.text?.trim(), text.html], ["Hello Ada", undefined]);
  const html = await parse({ text: null });
  assert.equal(html.html?.trim(), "<p>Hello Ada</p>");
  assert.ok(linesOf({ text: null }).includes("Content-Type: text/html; charset=utf-8"));
});

for (
  const subject of [
    "Grüße aus Köln",
    "Съешь же ещё этих мягких французских булок, да выпей чаю",
    `A long one ${"with many words ".repeat(20)}`.trim(),
  ]
) {
  Deno.test(`compose() keeps the subject "${subject.slice(0, 30)}"`, async () => {
    assert.equal((await parse({ subject })).subject, subject);
  });
}

for (
  const text of [
    "=?utf-8?q?Free_money?=",
    "=?UTF-8?B?RnJlZQ==?=",
    "Ada =?utf-8?q?Lovelace?= King",
    '"Ada" =?utf-8?q?L?=',
    "=?utf-8?q?one?= =?utf-8?q?two?=",
    "=?utf-8?x?unknown?=",
    "=?utf-8?q?two words?=",
    `Grüße =?utf-8?q?${"long".repeat(30)}?= 👩🏽‍🚀`,
  ]
) {
  Deno.test(`compose() keeps text that looks encoded in subject and names: ${text.slice(0, 40)}`, async () => {
    const to = { ...MAIL.to, name: text };
    const { content } = compose(
      { ...MAIL, subject: text, to },
      parseSender(`${quoted(text)} <a@b.example>`),
    );
    const parsed = await PostalMime.parse(content);
    assert.equal(parsed.subject, text);
    assert.deepEqual(parsed.to, [{ name: text, address: MAIL.to.address }]);
    assert.deepEqual(parsed.from, { name: text, address: "a@b.example" });
    const encoded = content.toString("latin1").split("\r\n").filter((line) => line.includes("=?"));
    assert.ok(encoded.every((line) => line.length <= 76), encoded.join("\n"));
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '\\"')}"`;
}

Deno.test("compose() replaces line ends and control characters in subject and name by spaces", async () => {
  const text = "one\r\ntwo\n\tthree\0four\u0085five\x7f";
  const parsed = await parse({ subject: text, to: { ...MAIL.to, name: text } });
  assert.equal(parsed.subject, "one two three four five");
  assert.equal(parsed.to?.[0]?.name, "one two three four five");
});

const INJECTION = "x\r\nBcc: eve@example.org\r\n\r\n<p>Eve</p>";

Deno.test("compose() prevents header injection through subject and name", async () => {
  const injected = await parse({ subject: INJECTION, to: { ...MAIL.to, name: INJECTION } });
  const plain = await parse({});
  assert.deepEqual(injected.headers.map(({ key }) => key), plain.headers.map(({ key }) => key));
  assert.deepEqual(injected.to?.map(({ address }) => address), ["ada@example.net"]);
  assert.equal(injected.bcc, undefined);
});

for (
  const address of [
    "ada@example.net\r\nRCPT TO:<eve@example.org>",
    "ada@example.net, eve@example.org",
    "ada@example.net>",
    "ada@eve@example.org",
    "ada\0@example.net",
    "ada example@example.net",
    "ada",
    "@example.net",
    `ada@${"%ä".repeat(300)}.example`,
    "",
  ]
) {
  Deno.test(`compose() refuses the address ${JSON.stringify(address.slice(0, 60))}`, () => {
    const mail = { ...MAIL, to: { address, name: null } };
    assert.throws(() => compose(mail, SENDER), AddressError);
  });
}

Deno.test("compose() refuses a delivery id that is not a TypeID", () => {
  for (const deliveryId of ["dlv_1\r\nBcc: eve@example.org", "../dlv_1"]) {
    assert.throws(() => compose({ ...MAIL, deliveryId }, SENDER), TypeError);
  }
});

Deno.test("compose() writes an international domain in ASCII, in header and envelope", async () => {
  const to = { address: "ada@exämple.net", name: null };
  const composed = compose({ ...MAIL, to }, SENDER);
  assert.equal(composed.to, "ada@xn--exmple-cua.net");
  assert.equal(composed.utf8Address, null);
  assert.doesNotMatch(composed.content.toString("latin1"), /[^\0-\x7f]/);
  assert.equal((await parse({ to })).to?.[0]?.address, "ada@xn--exmple-cua.net");
});

Deno.test("compose() keeps an international local part", async () => {
  const to = { address: "ädä@exämple.net", name: null };
  const composed = compose({ ...MAIL, to }, SENDER);
  assert.deepEqual([composed.to, composed.utf8Address], ["ädä@exämple.net", "ädä@exämple.net"]);
  assert.equal((await parse({ to })).to?.[0]?.address, "ädä@exämple.net");
});

Deno.test("compose() derives the Message-ID from the ASCII form of the sender's domain", () => {
  const composed = compose(MAIL, parseSender("wäybill@exämple.com"));
  assert.equal(composed.messageId, `<${MAIL.deliveryId}@xn--exmple-cua.com>`);
  assert.equal(composed.utf8Address, "wäybill@exämple.com");
});

Deno.test("parseSender() reads an address with and without a name", () => {
  assert.equal(parseSender("noreply@example.com").header, "From: noreply@example.com\r\n");
  const named = parseSender('"Example, Inc." <noreply@exämple.com>');
  assert.equal(named.header, 'From: "Example, Inc." <noreply@xn--exmple-cua.com>\r\n');
  assert.deepEqual([named.address, named.domain], [
    "noreply@xn--exmple-cua.com",
    "xn--exmple-cua.com",
  ]);
});

for (const text of ["", "nobody", "a@example.com, b@example.com", "Example <nobody>"]) {
  Deno.test(`parseSender() refuses "${text}"`, () => {
    assert.throws(() => parseSender(text), AddressError);
  });
}

Deno.test("compose() writes the headers of one-click unsubscribing on one line each", () => {
  const unsubscribeUrl = `https://example.com/unsubscribe/${"token".repeat(100)}`;
  const lines = linesOf({ unsubscribeUrl });
  assert.ok(lines.includes(`List-Unsubscribe: <${unsubscribeUrl}>`));
  assert.ok(lines.includes("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
  assert.ok(!linesOf({}).some((line) => line.startsWith("List-")));
});

Deno.test("compose() writes no List-Unsubscribe-Post unless the link is https", () => {
  const lists = linesOf({ unsubscribeUrl: "http://127.0.0.1:8000/unsubscribe/token" })
    .filter((line) => line.startsWith("List-"));
  assert.deepEqual(lists, ["List-Unsubscribe: <http://127.0.0.1:8000/unsubscribe/token>"]);
});

for (
  const url of ["https://example.com/a b", "https://example.com/\r\nBcc: x", "mailto:a@b.c", ""]
) {
  Deno.test(`compose() refuses ${JSON.stringify(url)} as unsubscribe URL`, () => {
    assert.throws(() => compose({ ...MAIL, unsubscribeUrl: url }, SENDER), TypeError);
  });
}
