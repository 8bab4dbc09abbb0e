import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type ModelReply, OUT_OF_CREDIT, startModelServer } from "../support/model_server.ts";

const PROGRAM = fileURLToPath(new URL("../support/programs/traced_call.ts", import.meta.url));

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly Attribute[];
}

/** Spans of a process that asks a model, as a collector of OTLP receives them; and the text of all exports. */
async function tracesOf(reply: ModelReply): Promise<{ spans: Span[]; exported: string }> {
  await using server = await startModelServer({ reply: () => reply });
  const exports: string[] = [];
  await using collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      exports.push(await request.text());
      return Response.json({});
    },
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROGRAM, server.baseUrl],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
    },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const spans = exports.map((text) => JSON.parse(text)).flatMap(({ resourceSpans = [] }) =>
    resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: Span[] }[] }) =>
      scopeSpans.flatMap(({ spans }) => spans)
    )
  );
  return { spans, exported: exports.join("\n") };
}

function attributesOf(span: Span | undefined): Record<string, unknown> {
  return Object.fromEntries(
    (span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}

Deno.test("A request to the model is a span by the conventions for generative AI, without texts", async () => {
  const usage = { input: 1_000, output: 200, cached: 600, reasoning: 50 };
  const { spans, exported } = await tracesOf({ text: "SECRET answer", usage });

  const span = spans.find(({ name }) => name === "chat gpt-6-luna");
  const attributes = attributesOf(span);
  assert.equal(span?.kind, 3, "CLIENT");
  assert.equal(attributes["gen_ai.operation.name"], "chat");
  assert.equal(attributes["gen_ai.provider.name"], "openai");
  assert.equal(attributes["gen_ai.request.model"], "gpt-6-luna");
  assert.equal(attributes["gen_ai.response.model"], "gpt-6-luna");
  assert.equal(Number(attributes["gen_ai.usage.input_tokens"]), 1_000);
  assert.equal(Number(attributes["gen_ai.usage.output_tokens"]), 200);
  assert.equal(Number(attributes["gen_ai.usage.cache_read.input_tokens"]), 600);
  assert.equal(Number(attributes["gen_ai.usage.reasoning.output_tokens"]), 50);
  assert.match(String(attributes["waybill.call.id"]), /^aic_/);
  assert.doesNotMatch(exported, /SECRET/);
});

Deno.test("The span of a failed request has the code of its error", async () => {
  const { spans } = await tracesOf(OUT_OF_CREDIT);
  const span = spans.find(({ name }) => name === "chat gpt-6-luna");
  assert.equal(attributesOf(span)["error.type"], "429 insufficient_quota");
  assert.equal(span?.status?.code, 2, "ERROR");
});
