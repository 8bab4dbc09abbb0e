import assert from "node:assert/strict";
import { type Bounce, bounced } from "../../../src/domain/deliveries/bounce_rules.ts";

function fault(given: Partial<Bounce>): string {
  const bounce = { status: null, reply: null, reason: null, text: "", permanent: true, ...given };
  const { errorType, suppress } = bounced("id", bounce);
  return suppress ? `${errorType} suppress` : `${errorType}`;
}

Deno.test("bounced() suppresses an address that is not there, by status", () => {
  for (const status of ["5.1.1", "5.1.2", "5.1.10", "5.4.1", "5.4.4"]) {
    assert.equal(fault({ status }), "INVALID_RECIPIENT suppress", status);
  }
});

Deno.test("bounced() suppresses no address for anything else, by status", () => {
  const faults = {
    "5.2.1": "INVALID_RECIPIENT",
    "5.2.2": "INVALID_RECIPIENT",
    "5.2.3": "OTHER",
    "5.3.4": "OTHER",
    "5.4.6": "NETWORK",
    "5.6.1": "OTHER",
    "5.7.1": "PERMISSION",
    "5.7.26": "PERMISSION",
    "5.1.8": "PERMISSION",
  };
  for (const [status, expected] of Object.entries(faults)) {
    assert.equal(fault({ status }), expected, status);
  }
  assert.equal(fault({ status: "4.4.1", permanent: false }), "NETWORK");
});

Deno.test("bounced() goes by reply code and words where there is no status, or it does not tell", () => {
  const faults: [reply: number, text: string, expected: string][] = [
    [550, "550 User unknown", "INVALID_RECIPIENT suppress"],
    [550, "550 No such user <sender@spam.example>", "INVALID_RECIPIENT suppress"],
    [550, "550 Message rejected as spam", "PERMISSION"],
    [550, "550 Your host is listed on a blocklist", "PERMISSION"],
    [554, "554 Refused by local policy", "PERMISSION"],
    [550, "550 The account of ann@example.com is full", "INVALID_RECIPIENT"],
    [550, "550 User over quota", "INVALID_RECIPIENT"],
    [552, "552 Requested action aborted", "INVALID_RECIPIENT"],
    [554, "554 Transaction failed", "OTHER"],
  ];
  for (const status of [null, "5.0.0"]) {
    for (const [reply, text, expected] of faults) {
      assert.equal(fault({ status, reply, text }), expected, text);
    }
  }
});
