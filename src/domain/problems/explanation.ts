import type { DeliveryErrorType } from "../../channels/channel.ts";
import type { WebhookError } from "../../channels/webhook/result.ts";
import { DELIVERY_CODES, type Explanation } from "./delivery_codes.ts";
import { explainModelError, isModelErrorType } from "./model_errors.ts";
import type { Problem } from "./problem.ts";

/** Explanation of each type of a delivery's error. The API describes the types by these texts, too. */
export const DELIVERY_ERRORS: Readonly<Record<DeliveryErrorType, Explanation>> = {
  ACCESS_TOKEN: {
    meaning:
      "Credentials rejected by the provider; the message is paused unless another provider accepts it.",
    remedy:
      "Replace the credentials of the provider; paused messages continue automatically afterwards.",
  },
  RATE_LIMIT: {
    meaning:
      "Provider or receiving server accepts no more messages for now, or the mailbox is full " +
      "(code MAILBOX_FULL).",
    remedy: "Retry later. If it happens often, lower the rate of the provider or ask it for more.",
  },
  NETWORK: {
    meaning: "Provider unreachable, or the connection broke.",
    remedy: "Check that the provider works and that its host and port are right, then retry.",
  },
  INVALID_RECIPIENT: {
    meaning: "Recipient does not exist or cannot receive.",
    remedy: "Correct the address or remove it from the audience; a retry does not help.",
  },
  PERMISSION: {
    meaning: "Message refused by policy of the provider or of the receiving server.",
    remedy: "Read the text of the error. Check SPF, DKIM and DMARC of the sender's domain, its " +
      "reputation, and the content of the message.",
  },
  OTHER: {
    meaning: "Any other failure; the text of the error describes it.",
    remedy: "Read the text of the error, remove the cause, then retry.",
  },
};

const JOB_ERRORS: Readonly<Record<string, Explanation>> = {
  CRASHED: {
    meaning: "The process died while it ran the job; after three crashes in a row the job fails.",
    remedy:
      "Look for the cause in the log of the worker and of the host, often a lack of memory, " +
      "then retry the jobs.",
  },
  TIMEOUT: {
    meaning: "The job took longer than its kind allows and was stopped.",
    remedy: "Check whether a service that it calls is slow. Split the work into smaller jobs, or " +
      "retry.",
  },
  INVALID_PAYLOAD: {
    meaning: "The payload does not have the format of the job's kind, so that the job cannot run.",
    remedy:
      "Start a new job with a correct payload; `jobKinds` describes the format. A retry fails " +
      "again.",
  },
  UNKNOWN_KIND: {
    meaning: "The worker has no handler for this kind of job; a newer version has started it.",
    remedy: "Update all processes to the same version, then retry the jobs.",
  },
  INTERNAL: {
    meaning: "The program met an error that it does not expect.",
    remedy:
      "Read the text of the error and the log of the worker. Retry once the cause is removed, " +
      "and report the error if it stays.",
  },
  MODEL_NOT_CONFIGURED: {
    meaning: "No language model is configured in the process that ran the job.",
    remedy: "Set OPENAI_API_KEY in all processes with a worker, restart, then retry the jobs.",
  },
  PRICE_UNKNOWN: {
    meaning: "The organization has a budget, but the language model has no price.",
    remedy: "Set a price by `setAiPrice`, or remove the budget, then retry the jobs.",
  },
  INVALID_ANSWER: {
    meaning: "The language model answered twice, but not as it was asked to.",
    remedy: "Read the faults in the text of the error. Improve the prompt, or use another model, " +
      "then retry the jobs.",
  },
  BATCH_ENDED: {
    meaning: "The batch of this job ended before, when the job failed or was cancelled.",
    remedy: "Retry the failed deliveries of the message instead of the job.",
  },
};

const WEBHOOK_ERRORS: Readonly<Record<WebhookError["type"], Explanation>> = {
  NETWORK: {
    meaning: "Receiver unreachable, or it did not answer in time.",
    remedy: "Check the URL of the endpoint and that its server runs; the calls are repeated.",
  },
  UNAVAILABLE: {
    meaning: "The receiver is overloaded or down.",
    remedy: "Wait, or relieve the receiver; the calls are repeated.",
  },
  GONE: {
    meaning: "The receiver wants no more calls, and its endpoint was disabled.",
    remedy: "Delete the endpoint, or correct its URL and enable it.",
  },
  REDIRECT: {
    meaning: "The receiver answered with another URL, which is not called.",
    remedy: "Change the URL of the endpoint to the one in the answer of the receiver.",
  },
  REFUSED: {
    meaning: "The receiver refused the call.",
    remedy:
      "Read its response on the page of the endpoint, often a signature that was verified with " +
      "another secret, and replay the failed calls afterwards.",
  },
  PRIVATE: {
    meaning: "The URL of the endpoint leads into the private network, so that it was not called.",
    remedy: "Change the URL, or set WEBHOOK_ALLOW_PRIVATE.",
  },
  INTERNAL: {
    meaning: "The program met an error that it does not expect.",
    remedy:
      "Read the text of the error and the log of the worker, and report the error if it stays.",
  },
};

const OTHER_JOB_ERROR: Explanation = {
  meaning: "The job ended with an error of its kind.",
  remedy: "Read the text of the error, remove the cause, then retry the jobs.",
};

// Jobs fail with the errors of the language model, and with none of other services.
function modelErrorOf(errorType: string): Explanation | undefined {
  return isModelErrorType(errorType) && errorType !== "OTHER"
    ? explainModelError(errorType)
    : undefined;
}

/** Explains a problem: by its code if that is known, else by its type. */
export function explain(
  { source, errorType, code }: Pick<Problem, "source" | "errorType" | "code">,
): Explanation {
  if (source === "WEBHOOK") {
    return isWebhookErrorType(errorType) ? WEBHOOK_ERRORS[errorType] : WEBHOOK_ERRORS.INTERNAL;
  }
  if (source === "AI_CALL") return explainModelError(errorType);
  if (source === "JOB") return JOB_ERRORS[errorType] ?? modelErrorOf(errorType) ?? OTHER_JOB_ERROR;
  return explanationOfCode(code) ??
    (isDeliveryErrorType(errorType) ? DELIVERY_ERRORS[errorType] : DELIVERY_ERRORS.OTHER);
}

// "550 5.1.1": the enhanced status code names the cause more precisely than the reply code.
function explanationOfCode(code: string | null): Explanation | undefined {
  if (code === null) return undefined;
  const parts = code.split(" ");
  return [code, ...parts.toReversed()].map((part) => DELIVERY_CODES[part]).find(Boolean);
}

function isWebhookErrorType(type: string): type is WebhookError["type"] {
  return Object.hasOwn(WEBHOOK_ERRORS, type);
}

function isDeliveryErrorType(type: string): type is DeliveryErrorType {
  return Object.hasOwn(DELIVERY_ERRORS, type);
}
