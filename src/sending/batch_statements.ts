import { type BatchStep, type StepResult, writeSteps } from "../domain/deliveries/step.ts";
import type { PendingDelivery } from "../domain/deliveries/delivery.ts";
import {
  type BatchClaim,
  readAllPending,
  takeBatches,
  type TakenBatch,
} from "../domain/deliveries/take.ts";
import { group } from "../domain/group.ts";
import { finishMessages } from "../domain/messages/finish.ts";
import type { Message } from "../domain/messages/message.ts";
import type { Services } from "../domain/services.ts";
import {
  findAllSuppressed,
  type SuppressedAddresses,
  type SuppressionQuery,
} from "../domain/suppressions/lookup.ts";

// For statements at the start and end of a batch only, because connections wait for the ones between.
const INTERVAL_MS = 8;

/** Statements about batches, which the batches that are sent at the same time share. */
export interface BatchStatements {
  /** See `takeBatches`. */
  take(claim: BatchClaim): Promise<TakenBatch>;
  /** See `readAllPending`. */
  readPending(batch: TakenBatch): Promise<PendingDelivery[]>;
  /** See `findAllSuppressed`. */
  findSuppressed(query: SuppressionQuery): Promise<SuppressedAddresses>;
  /** See `writeSteps`. */
  writeStep(step: BatchStep): Promise<StepResult>;
  /** See `finishMessages`. */
  finish(message: Pick<Message, "id" | "organizationId">): Promise<void>;
}

/** Creates shared statements. Only batches that may wait for each other should share them. */
export function groupStatements(services: Services): BatchStatements {
  // Apart, because connections to providers are idle while a step that starts deliveries waits.
  const start = group((steps: readonly BatchStep[]) => writeSteps(services, steps));
  const record = group((steps: readonly BatchStep[]) => writeSteps(services, steps), INTERVAL_MS);
  return {
    take: group((claims) => takeBatches(services, claims), INTERVAL_MS),
    readPending: group((batches) => readAllPending(services, batches)),
    findSuppressed: group((queries) => findAllSuppressed(services, queries)),
    writeStep: (step) => step.step.starting.length > 0 ? start(step) : record(step),
    finish: group(async (messages) => {
      await finishMessages(services, messages);
      return messages.map(() => {});
    }, INTERVAL_MS),
  };
}
