// Statements about one batch or message, through the groups that the handler of SEND_BATCH uses.
import type { PendingDelivery } from "../../src/domain/deliveries/delivery.ts";
import * as steps from "../../src/domain/deliveries/step.ts";
import type { BatchClaim, TakenBatch } from "../../src/domain/deliveries/take.ts";
import type { Services } from "../../src/domain/services.ts";
import type {
  SuppressedAddresses,
  SuppressionQuery,
} from "../../src/domain/suppressions/lookup.ts";
import { groupStatements } from "../../src/sending/batch_statements.ts";

/** Takes over one batch; see `takeBatches`. */
export function takeBatch(services: Services, claim: BatchClaim): Promise<TakenBatch> {
  return groupStatements(services).take(claim);
}

export function readPending(services: Services, batch: TakenBatch): Promise<PendingDelivery[]> {
  return groupStatements(services).readPending(batch);
}

export function findSuppressed(
  services: Services,
  message: SuppressionQuery["message"],
  addresses: readonly string[],
): Promise<SuppressedAddresses> {
  return groupStatements(services).findSuppressed({ message, addresses });
}

export function recordStep(
  services: Services,
  claim: BatchClaim,
  batch: TakenBatch,
  step: steps.Step,
): Promise<steps.StepResult> {
  return steps.recordStep(services, claim, batch, step, groupStatements(services).writeStep);
}
