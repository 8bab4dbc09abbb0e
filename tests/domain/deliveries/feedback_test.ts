import assert from "node:assert/strict";
import { bounced, complained } from "../../../src/domain/deliveries/feedback.ts";

const BOUNCE = {
  type: "INVALID_RECIPIENT",
  disposition: "suppress",
  status: "5.1.1",
  reason: "bounce",
  text: "550 5.1.1\r\nNo such user",
} as const;

Deno.test("bounced() derives its effects from the disposition and has the status as code", () => {
  assert.deepEqual(bounced("id", BOUNCE), {
    deliveryId: "id",
    kind: "BOUNCED",
    errorType: "INVALID_RECIPIENT",
    code: "5.1.1",
    message: "550 5.1.1 No such user",
    retryable: false,
    maxAttempts: null,
    transient: false,
    suppressAs: "BOUNCED",
  });
  const effects = (disposition: "retry" | "never") => {
    const { retryable, transient, suppressAs } = bounced("id", { ...BOUNCE, disposition });
    return [retryable, transient, suppressAs];
  };
  assert.deepEqual(effects("retry"), [true, true, null]);
  assert.deepEqual(effects("never"), [false, false, null]);
});

Deno.test("bounced() without a status has the provider's reason as code, or else GAVE_UP or BOUNCED", () => {
  const codeOf = (given: { reason?: string | null; disposition?: "retry" | "never" }) =>
    bounced("id", { ...BOUNCE, status: null, ...given }).code;
  assert.equal(codeOf({}), "bounce");
  assert.equal(codeOf({ reason: null, disposition: "never" }), "BOUNCED");
  assert.equal(codeOf({ reason: null, disposition: "retry" }), "GAVE_UP");
});

Deno.test("bounced() and complained() limit code and message", () => {
  const long = "x".repeat(1_000);
  const { code, message } = bounced("id", { ...BOUNCE, status: null, reason: long, text: long });
  assert.deepEqual([code?.length, message?.length], [100, 512]);
  assert.equal(complained("id", long).code?.length, 100);
});
