import assert from "node:assert/strict";
import { kindOf } from "../../../src/domain/emails/classify.ts";
import { parseMail } from "../../../src/domain/emails/parse.ts";

const OWN = ["Shop@Example.com"];

async function kind(header: string, text = "Hello"): Promise<string> {
  const from = /^From:/im.test(header) ? "" : "From: max@example.net\n";
  return kindOf(await parseMail(new TextEncoder().encode(`${from}${header}\n\n${text}`)), OWN);
}

for (
  const [expected, header, text] of [
    ["PERSON", "Subject: Re: Order"],
    ["PERSON", "Auto-Submitted: no"],
    ["AUTO_REPLY", "Auto-Submitted: auto-replied (vacation)"],
    ["AUTO_REPLY", "Auto-Submitted: auto-generated"],
    ["AUTO_REPLY", "Precedence: auto_reply"],
    ["AUTO_REPLY", "X-Auto-Response-Suppress: All"],
    ["AUTO_REPLY", "X-Autoreply: yes"],
    ["AUTO_REPLY", "Subject: Automatische Antwort: Bestellung"],
    ["AUTO_REPLY", "Return-Path: <>"],
    [
      "AUTO_REPLY",
      "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
    ],
    ["BOUNCE", "Content-Type: multipart/report;\n report-type=delivery-status; boundary=b"],
    ["BOUNCE", "From: MAILER-DAEMON@mx.example.net\nAuto-Submitted: auto-replied"],
    ["BOUNCE", "From: Mail System <postmaster@example.net>\nReturn-Path: <>"],
    ["PERSON", "From: Max <postmaster@example.net>\nReturn-Path: <postmaster@example.net>"],
    ["LIST", "List-Id: Colors <colors.lists.example.net>"],
    ["LIST", "List-Unsubscribe: <https://news.example.net/u>"],
    ["LIST", "Precedence: bulk"],
    ["PERSON", "List-Id: <shop.example.com>\nPrecedence: list"],
    ["FORWARD", "Subject: WG: Rechnung"],
    [
      "FORWARD",
      "Subject: Invoice",
      "See below\n\n---------- Forwarded message ---------\nFrom: a@b.c",
    ],
    ["FORWARD", "Subject: Invoice", "Begin forwarded message:\n\nFrom: a@b.c"],
    ["PERSON", "Subject: Re: Fwd: Invoice", "No.\n\n-------- Forwarded Message --------"],
    ["OWN", "From: The shop <shop@example.com>\nList-Id: <colors.example.net>"],
    ["FORWARD", "From: shop@EXAMPLE.com\nSubject: Fwd: Invoice"],
    ["AUTO_REPLY", "From: shop@example.com\nAuto-Submitted: auto-replied"],
  ] as const
) {
  Deno.test(`kindOf() is ${expected} for ${header}`, async () => {
    assert.equal(await kind(header, text), expected);
  });
}
