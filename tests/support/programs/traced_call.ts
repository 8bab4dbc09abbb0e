// Asks the model at the address of the first argument in a span. Its environment names the collector.
import { openOpenAiModel } from "../../../src/ai/openai_client.ts";
import { inModelSpan } from "../../../src/sending/model_span.ts";

const [baseUrl = ""] = Deno.args;
const model = openOpenAiModel({ baseUrl, apiKey: "sk-good" });
const request = {
  model: "gpt-6-luna",
  instructions: "SECRET instructions",
  input: [{ type: "text", text: "SECRET question" }],
  answerSchema: null,
  maxOutputTokens: 500,
  turns: [],
} as const;
const { signal } = new AbortController();
await inModelSpan(
  request,
  "api.openai.com",
  { callId: "0197a1c0-0000-7000-8000-000000000001", jobId: null },
  async () => ({ result: await model.ask(request, { signal }) }),
);
model.close();
