import assert from "node:assert/strict";
import {
  openWebhookClient,
  type WebhookClientOptions,
} from "../../../src/channels/webhook/webhook_client.ts";
import { parseRetryAfter } from "../../../src/channels/webhook/result.ts";
import { startReceiver, verifyCall, type WebhookReceiver } from "../../support/webhook_receiver.ts";

const SECRET = `whsec_${btoa("a".repeat(32))}`;
const OTHER_SECRET = `whsec_${btoa("b".repeat(32))}`;
const BODY = JSON.stringify({ type: "job.failed", timestamp: "2030-01-01T00:00:00Z", data: [] });

function testClient(
  name: string,
  test: (receiver: WebhookReceiver, post: Post) => Promise<void>,
  options: Partial<WebhookClientOptions> = {},
): void {
  Deno.test(name, async () => {
    await using receiver = await startReceiver();
    const client = openWebhookClient({ allowPrivate: true, version: "1.2.3", ...options });
    try {
      await test(
        receiver,
        (url) => client.post({ id: "whc_1", url, body: BODY, secrets: [SECRET, OTHER_SECRET] }),
      );
    } finally {
      client.close();
    }
  });
}

type Post = (url: string) => ReturnType<ReturnType<typeof openWebhookClient>["post"]>;

testClient("a call is signed with both secrets", async (receiver, post) => {
  const result = await post(receiver.url);
  assert.deepEqual([result.status, result.error], [204, null]);
  const [call] = receiver.calls;
  assert.ok(call);
  verifyCall(call, SECRET);
  verifyCall(call, OTHER_SECRET);
  assert.throws(() => verifyCall(call, `whsec_${btoa("c".repeat(32))}`));
  assert.equal(call.id, "whc_1");
  assert.equal(call.headers["user-agent"], "Waybill/1.2.3");
});

testClient("a redirect is refused, and not followed", async (receiver, post) => {
  await using target = await startReceiver();
  receiver.answer = () => ({ status: 307, headers: { location: target.url } });
  const { status, error } = await post(receiver.url);
  assert.deepEqual([status, error?.type], [307, "REDIRECT"]);
  assert.equal(target.calls.length, 0);
});

testClient("a private address is not called, by name or as it stands", async (receiver, post) => {
  const { port } = new URL(receiver.url);
  for (
    const host of ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f.1"]
  ) {
    const { status, error } = await post(`http://${host}:${port}/`);
    assert.deepEqual([host, status, error?.type], [host, null, "PRIVATE"]);
  }
  assert.equal(receiver.calls.length, 0);
}, { allowPrivate: false });

Deno.test("each connection leads to the address that was checked, although the name changes", async () => {
  await using receiver = await startReceiver();
  // Otherwise the second call needs no connection.
  receiver.answer = () => ({ status: 204, headers: { connection: "close" } });
  const { port } = new URL(receiver.url);
  const answers = ["127.0.0.1", "127.0.0.2", "127.0.0.1"];
  let asked = 0;
  const client = openWebhookClient({
    allowPrivate: false,
    version: "1",
    rules: {
      isRefused: (address) => address === "127.0.0.2",
      resolve: () => Promise.resolve([{ address: answers[asked++] ?? "", family: 4 }]),
    },
  });
  const url = `http://rebinding.invalid:${port}/`;
  const post = () => client.post({ id: "1", url, body: BODY, secrets: [SECRET] });
  assert.equal((await post()).error, null);
  const { error } = await post();
  assert.equal(error?.type, "PRIVATE");
  assert.match(
    error?.message ?? "",
    /rebinding\.invalid resolves to the private address 127\.0\.0\.2/,
  );
  assert.equal((await post()).error, null);
  client.close();
  // One look-up per connection: an address is not looked up again after its check.
  assert.equal(asked, 3);
  assert.equal(receiver.calls.length, 2);
  assert.equal(receiver.calls[0]?.headers.host, `rebinding.invalid:${port}`);
});

testClient(
  "the beginning of a long response is kept, and the rest not read",
  async (receiver, post) => {
    receiver.answer = () => ({ status: 400, body: "x".repeat(5_000_000) });
    const { response, status } = await post(receiver.url);
    assert.deepEqual([status, response], [400, "x".repeat(1_024)]);
  },
);

testClient("a call without an answer ends at the time limit", async (receiver, post) => {
  receiver.answer = () => "SILENCE";
  const { error, status } = await post(receiver.url);
  assert.deepEqual([status, error?.type, error?.code], [null, "NETWORK", "ETIMEDOUT"]);
}, { timeoutMs: 300 });

for (
  const [status, type] of [
    [400, "REFUSED"],
    [404, "REFUSED"],
    [410, "GONE"],
    [429, "UNAVAILABLE"],
    [500, "REFUSED"],
    [503, "UNAVAILABLE"],
  ] as const
) {
  testClient(`status ${status} is ${type}`, async (receiver, post) => {
    receiver.answer = () => ({ status, headers: { "retry-after": "7" } });
    const { error } = await post(receiver.url);
    assert.deepEqual([error?.type, error?.code, error?.retryAfterMs], [type, `${status}`, 7_000]);
  });
}

testClient("a refused connection is NETWORK", async (receiver, post) => {
  await receiver[Symbol.asyncDispose]();
  const { error } = await post(receiver.url);
  assert.deepEqual([error?.type, error?.code], ["NETWORK", "ECONNREFUSED"]);
});

Deno.test("parseRetryAfter() reads seconds and dates, at most a day", () => {
  const now = Date.parse("2030-01-01T00:00:00Z");
  assert.equal(parseRetryAfter("120", now), 120_000);
  assert.equal(parseRetryAfter("Tue, 01 Jan 2030 00:00:30 GMT", now), 30_000);
  assert.equal(parseRetryAfter("Tue, 01 Jan 2029 00:00:30 GMT", now), 0);
  assert.equal(parseRetryAfter("9999999", now), 86_400_000);
  assert.equal(parseRetryAfter("soon", now), null);
  assert.equal(parseRetryAfter(undefined, now), null);
});
