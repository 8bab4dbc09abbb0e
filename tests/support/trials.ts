import { z } from "zod";
import { statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import type { Progress } from "../../src/domain/jobs/job.ts";
import type { Outcome } from "../../src/domain/jobs/outcome.ts";
import { asData } from "../../src/domain/prompts/data.ts";
import type { PastInputs, RepeatedRequest } from "../../src/domain/prompts/past_inputs.ts";
import { savePrompt } from "../../src/domain/prompts/save.ts";
import { prepareTrial, type TrialEstimate } from "../../src/domain/prompt_trials/estimate.ts";
import { getTrial, listResults } from "../../src/domain/prompt_trials/find.ts";
import { startPromptTrial } from "../../src/domain/prompt_trials/start.ts";
import type { PromptTrial, TrialResult } from "../../src/domain/prompt_trials/trial.ts";
import { createQuote } from "../../src/domain/quotes/create.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { tryPromptHandler } from "../../src/handlers/try_prompt.ts";
import { MODEL } from "./ai_usage.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";
import { addContacts, contactAt } from "./contacts.ts";
import { onEveryDatabase } from "./database.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";
import { openTestModel } from "./models.ts";

/** Past inputs: contacts, each with its name as the request and its email address as the answer. */
export const PAST_CONTACTS: PastInputs = {
  noun: "contact",
  kind: "QUOTE",
  async newest({ db }, organizationId, limit) {
    const contacts = await db.run(NEWEST, organizationId, limit);
    return contacts.map(({ id }) => ({ id, contactId: id }));
  },
  async repeat({ db }, organizationId, id, { text }) {
    const [contact] = await db.run(FIND, organizationId, id);
    if (!contact) return null;
    const request: RepeatedRequest<z.output<typeof answer>> = {
      instructions: text,
      input: [{ type: "text", text: asData(contact.name) }],
      answer,
      maxOutputTokens: 500,
      before: contact.email,
      format: ({ email }) => email,
      faultsOf: ({ email }) => email.includes("@") ? [] : ["email: has no @"],
    };
    return request;
  },
};

const answer = z.strictObject({ email: z.string() });

const NEWEST = statement<[organizationId: string, limit: number], { id: string }>(
  "test.newestContacts",
  `select id from contacts where organization_id = $1 and erasing_since is null
   order by id desc limit $2`,
);
const FIND = statement<[organizationId: string, id: string], { name: string; email: string }>(
  "test.findContact",
  `select name, email from contacts where organization_id = $1 and id = $2 and erasing_since is null`,
);

/** Trials on contacts, with a model server. */
export interface TestTrials {
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly server: ModelServer;
  /** Version 2 of the prompt quote, which is not active. */
  readonly promptId: string;
  /** Adds contacts with the names; their email addresses are name@example.com. */
  add(...names: string[]): Promise<void>;
  contactId(name: string): Promise<string>;
  start(sampleSize?: number, caller?: Caller): Promise<PromptTrial>;
  estimate(promptId?: string, caller?: Caller): Promise<TrialEstimate>;
  /** Runs the job of a trial once, with these reports of its progress. */
  run(trial: PromptTrial, signal?: AbortSignal, reports?: Progress[]): Promise<Outcome>;
  read(trial: PromptTrial): Promise<PromptTrial>;
  results(trial: PromptTrial): Promise<TrialResult[]>;
}

/** Answer of the model with an email address. */
export function answerWith(email: string): string {
  return JSON.stringify({ email });
}

/** Declares a test of trials on both databases. */
export function onEveryTrials(name: string, test: (given: TestTrials) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    await using server = await startModelServer({ reply: () => answerWith("new@example.com") });
    const services = { db, bus: createBus(), model: MODEL };
    const organization = await createOrganization(db);
    const { admin } = organization;
    await using model = await openTestModel(services, server, { model: MODEL });
    const handler = tryPromptHandler(services, model.caller, {
      quote: PAST_CONTACTS,
    });
    const prompt = await savePrompt(services, admin, {
      name: "quote",
      text: "{{ data_notice }} Write the address.",
    });
    await test({
      services,
      organization,
      server,
      promptId: prompt.id,
      async add(...names) {
        for (const name of names) {
          await addContacts(services, admin, [{ email: `${name}@example.com`, name }]);
        }
      },
      contactId: async (name) => (await contactAt(services, admin, `${name}@example.com`)).id,
      start: (sampleSize = 20, caller = admin) =>
        startPromptTrial(services, caller, { promptId: prompt.id, sampleSize }, {
          quote: PAST_CONTACTS,
        }),
      estimate: (promptId = prompt.id, caller = admin) =>
        prepareTrial(services, caller, { promptId, sampleSize: 20 }, { quote: PAST_CONTACTS }),
      run: ({ id, jobId }, signal = new AbortController().signal, reports = []) =>
        handler({
          job: {
            id: jobId,
            fence: 1,
            organizationId: organization.id,
            userId: null,
            kind: "TRY_PROMPT",
            lane: "AI",
            topic: "TRY_PROMPT",
            size: 100,
            attempt: 1,
            maxAttempts: 5,
            subject: toTypeId("promptTrial", id),
          },
          signal,
          report: (progress) => reports.push(progress),
        }, { trialId: id }),
      read: ({ id }) => getTrial(services, admin, id),
      async results(trial) {
        const { edges } = await listResults(services, trial, {});
        return edges.map(({ node }) => node);
      },
    });
    await services.bus.close();
  });
}

const ESTIMATE_ALL = statement<[]>(
  "test.estimateAll",
  `update quotes set status = 'AI_QUOTED', ai_processed_at = now(),
     estimate = '{"currency": "EUR", "total": "10.00", "lineItems": [], "notes": null}'`,
);

/** Makes an estimate of a quote without a model, and a trial on it whose job is cancelled. */
export async function addTrial(
  services: Services,
  caller: Caller,
  promptId: string,
): Promise<PromptTrial> {
  await createQuote(services, caller, {
    customer: { name: "Ada", email: "ada@example.com" },
    request: "A fence",
    process: false,
  });
  await services.db.run(ESTIMATE_ALL);
  const trial = await startPromptTrial(services, caller, { promptId, sampleSize: 1 });
  await cancelJob(services, caller, trial.jobId);
  return trial;
}
