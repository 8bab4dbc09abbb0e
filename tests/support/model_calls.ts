import assert from "node:assert/strict";
import { z } from "zod";
import { listAiCalls } from "../../src/domain/ai_usage/list.ts";
import { newId } from "../../src/domain/id.ts";
import { JobFailure } from "../../src/domain/jobs/outcome.ts";
import type { Services } from "../../src/domain/services.ts";
import { createVault } from "../../src/domain/vault.ts";
import {
  type ModelCall,
  type ModelCallOptions,
  type ModelReply,
  ModelUnavailable,
} from "../../src/sending/model_caller.ts";
import type { TestOrganization } from "./callers.ts";
import { type ModelServer, type ModelServerSettings, startModelServer } from "./model_server.ts";
import { openTestModel, type TestModel, type TestModelOptions } from "./models.ts";
import { onEveryQueue } from "./queue.ts";

const ESTIMATE = z.strictObject({ title: z.string(), total: z.number() });
/** Answer that matches the schema of the question. */
export const GOOD = JSON.stringify({ title: "Oak table", total: 1_200 });
/** Version of the prompt of the question. */
export const PROMPT_ID = newId();

/** A caller of a model, and the server that answers it. */
export interface CallerTest {
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly server: ModelServer;
  readonly model: TestModel;
  /** Question whose answer is an estimate. */
  readonly call: ModelCall<z.output<typeof ESTIMATE>>;
  /** Asks for an estimate. */
  ask(options?: Partial<ModelCallOptions>): Promise<ModelReply<z.output<typeof ESTIMATE>>>;
  /** Outcomes of the recorded requests, in order, with the types of their errors. */
  outcomes(): Promise<string[]>;
}

/** Declares a test of a caller and its server, on both databases. */
export function onEveryCaller(
  name: string,
  settings: Partial<ModelServerSettings>,
  test: (given: CallerTest) => Promise<void>,
  options?: TestModelOptions,
): void {
  onEveryQueue(name, async ({ services: { db, bus }, organization }) => {
    const vault = createVault(() => Promise.resolve("a secret of the test"));
    const services = { db, bus, vault };
    await using server = await startModelServer({ reply: () => GOOD, ...settings });
    await using model = await openTestModel(services, server, options);
    const call: CallerTest["call"] = {
      organizationId: organization.id,
      jobId: null,
      subject: { type: "contact", id: newId() },
      kind: "QUOTE",
      promptId: PROMPT_ID,
      instructions: "Estimate the price.",
      input: [{ type: "text", text: "How much is an oak table?" }],
      answer: ESTIMATE,
      maxOutputTokens: 500,
    };
    await test({
      services,
      organization,
      server,
      model,
      call,
      ask: ({ signal = new AbortController().signal, onText } = {}) =>
        model.caller.call(call, { signal, onText }),
      async outcomes() {
        const { edges } = await listAiCalls(services, organization.admin, {}, { first: 50 });
        return edges.map(({ node: { outcome, errorType } }) =>
          [outcome, errorType ?? []].flat().join(" ")
        )
          .toReversed();
      },
    });
  });
}

/** Returns the failure of a call, which must not be a wait. */
export async function failureOf(asked: Promise<unknown>): Promise<JobFailure> {
  const error = await asked.then(() => null, (thrown) => thrown);
  assert.ok(error instanceof JobFailure, `${error}`);
  return error;
}

/** Returns the wait of a call. */
export async function waitOf(asked: Promise<unknown>): Promise<ModelUnavailable> {
  const error = await asked.then(() => null, (thrown) => thrown);
  assert.ok(error instanceof ModelUnavailable, `${error}`);
  return error;
}
