import { estimateLearning, type LearningEstimate } from "../../src/domain/learning/estimate.ts";
import {
  retryLearningRun,
  type StartedLearning,
  startEmailLearning,
} from "../../src/domain/learning/start.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import type { StartLearningInput } from "../../src/domain/learning/input.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { MoneyObject } from "../kit/money.ts";
import { LearningRunNode } from "./run.ts";

const StartEmailLearningInput = builder.inputType("StartEmailLearningInput", {
  description: "Mails to learn from: those that match all of `emailIds` and `since`.",
  fields: (t) => ({
    emailIds: t.idList({
      description:
        "Ids of up to 1,000 mails: eml_…; absent: all mails that a person of the organization has sent.",
    }),
    since: t.field({
      type: "DateTime",
      description: "Mails that were sent at this time or later; absent: at any time.",
    }),
    relearn: t.boolean({
      required: true,
      defaultValue: false,
      description: "True: learns again from mails that were learned with the same prompt.",
    }),
    runAt: t.field({ type: "DateTime", description: "Earliest start; absent: now." }),
    priority: t.int({
      required: true,
      defaultValue: 0,
      description: "Priority, -100 to 100; higher runs first.",
    }),
  }),
});

const LearningEstimateObject = builder.objectRef<LearningEstimate>("LearningEstimate").implement({
  description: "Size and cost of a learning run that is not started.",
  fields: (t) => ({
    emailCount: t.exposeInt("emailCount", { description: "Number of chosen mails." }),
    skippedCount: t.exposeInt("skippedCount", {
      description: "Number of chosen mails that would be skipped; see `LearningRun.skipped`.",
    }),
    cost: t.field({
      type: MoneyObject,
      nullable: true,
      description:
        "Estimated cost, from the token counts of the newest calls with the prompt; null if no " +
        "mail was learned yet, or the model has no price.",
      resolve: ({ cost }) => cost,
    }),
  }),
});

const started = (name: string, description: string) =>
  builder.objectRef<StartedLearning>(name).implement({
    description,
    fields: (t) => ({
      learningRun: t.field({
        type: LearningRunNode,
        description: "The run.",
        resolve: ({ run }) => run,
      }),
      job: t.field({ type: JobNode, description: "Job of the run.", resolve: ({ job }) => job }),
      created: t.exposeBoolean("created", {
        description: "False if an unfinished run with the same selection was returned.",
      }),
    }),
  });

const StartEmailLearningPayload = started(
  "StartEmailLearningPayload",
  "Learning run that was started.",
);
const RetryLearningRunPayload = started(
  "RetryLearningRunPayload",
  "Learning run that was started with the failed mails of another one.",
);

const DEFAULTS: StartLearningInput = { relearn: false, priority: 0 };

builder.queryField("learningEstimate", (t) =>
  t.field({
    type: LearningEstimateObject,
    description:
      "Counts the mails of a learning run without starting it, and estimates its cost. An invalid " +
      "selection is an error, as for `startEmailLearning`.",
    complexity: 10,
    args: {
      input: t.arg({ type: StartEmailLearningInput, description: "Mails; absent: all." }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      estimateLearning(services, caller, input ?? DEFAULTS),
  }));

builder.mutationFields((t) => ({
  startEmailLearning: t.field({
    type: StartEmailLearningPayload,
    nullable: true,
    errors: {},
    description:
      "Starts a job that learns tone, topics and facts from mails that people of the organization " +
      "have sent; forwarded, automatic and received mails are not learned from. New facts are " +
      "PROPOSED. Mails that were learned with the same version of the prompt are skipped. Only " +
      "one run per user is RUNNING: a call with the same selection returns the unfinished run " +
      "(`created` is false); a run with another selection waits for it. Refuses an invalid " +
      "selection, time or priority with InvalidInputError, and unknown mails with NotFoundError; " +
      "nothing is started then.",
    args: {
      input: t.arg({ type: StartEmailLearningInput, description: "Mails; absent: all." }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      startEmailLearning(services, caller, input ?? DEFAULTS),
  }),
  retryLearningRun: t.field({
    type: RetryLearningRunPayload,
    nullable: true,
    errors: {},
    description:
      "Starts a new learning run with the failed mails of one that has ended. Refuses a run that has not " +
      "ended, or without failed mails, with ConflictError NOT_RETRYABLE. To continue a FAILED or " +
      "CANCELLED run, use `retryJob`.",
    args: { id: t.arg.id({ required: true, description: "Id of the run: lrn_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      retryLearningRun(services, caller, fromTypeId("learningRun", id)),
  }),
}));
