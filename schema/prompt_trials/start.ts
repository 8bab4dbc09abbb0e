import { fromTypeId } from "../../src/domain/id.ts";
import { prepareTrial, type TrialEstimate } from "../../src/domain/prompt_trials/estimate.ts";
import { startPromptTrial } from "../../src/domain/prompt_trials/start.ts";
import type { PromptTrial } from "../../src/domain/prompt_trials/trial.ts";
import { builder } from "../kit/builder.ts";
import { lookupId } from "../kit/global_id.ts";
import { MoneyObject } from "../kit/money.ts";
import { PromptTrialNode } from "./trial.ts";

const StartPromptTrialInput = builder.inputType("StartPromptTrialInput", {
  description: "Version of a prompt, and the past inputs to try it on.",
  fields: (t) => ({
    promptId: t.id({ required: true, description: "Id of the version: pmt_…" }),
    sampleSize: t.int({
      required: true,
      defaultValue: 20,
      description: "Number of past inputs, 1 to 100; the newest are used.",
    }),
  }),
});

interface StartInput {
  readonly promptId: string;
  readonly sampleSize: number;
}

function trialInput({ promptId, sampleSize }: StartInput): StartInput {
  return { promptId: fromTypeId("prompt", promptId, ["promptId"]), sampleSize };
}

const EstimateObject = builder.objectRef<TrialEstimate>("PromptTrialEstimate").implement({
  description: "Size and cost of a trial that is not started.",
  fields: (t) => ({
    sampleCount: t.exposeInt("sampleCount", {
      description: "Number of past inputs; below `sampleSize` if there are fewer.",
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description:
        "Estimated cost, from the token counts of the newest calls with the prompt; null if the " +
        "model has no price or there are no such calls.",
      resolve: ({ cost }) => cost,
    }),
  }),
});

const StartPromptTrialPayload = builder.objectRef<PromptTrial>("StartPromptTrialPayload").implement(
  {
    description: "Trial that was started.",
    fields: (t) => ({
      trial: t.field({
        type: PromptTrialNode,
        description: "Trial; its answers follow one after the other.",
        resolve: (trial) => trial,
      }),
    }),
  },
);

builder.queryFields((t) => ({
  promptTrial: t.field({
    type: PromptTrialNode,
    nullable: true,
    description: "Trial with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the trial: ptr_…" }) },
    resolve: (_root, { id }) => lookupId("promptTrial", id),
  }),
  promptTrialEstimate: t.field({
    type: EstimateObject,
    nullable: true,
    errors: { union: { description: "Estimate, or the error that prevented it." } },
    description:
      "Estimates a trial without starting it. Refuses what `startPromptTrial` refuses, except that a " +
      "trial is running.",
    args: {
      input: t.arg({
        type: StartPromptTrialInput,
        required: true,
        description: "Version and number of past inputs.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      prepareTrial(services, caller, trialInput(input)),
  }),
}));

builder.mutationField("startPromptTrial", (t) =>
  t.field({
    type: StartPromptTrialPayload,
    nullable: true,
    errors: {},
    description:
      "Starts a job that answers the newest past inputs with a version of a prompt, to compare " +
      "the answers with the stored ones. It sends nothing and changes no other object. One trial " +
      "of a prompt runs at a time, else ConflictError ALREADY_RUNNING. ADMIN and OPERATOR only, " +
      "else ForbiddenError. Refuses a sample size out of range with InvalidInputError, an unknown " +
      "id with NotFoundError, and a prompt without past inputs with ConflictError NOT_STARTABLE.",
    args: {
      input: t.arg({
        type: StartPromptTrialInput,
        required: true,
        description: "Version and number of past inputs.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      startPromptTrial(services, caller, trialInput(input)),
  }));
