import { getLogger } from "@logtape/logtape";
import { type Caller, requireOperator, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { CLAIM_LIMIT, POLL_MS } from "../jobs/claim.ts";
import { readWorkers } from "../jobs/workers.ts";
import type { Message } from "../messages/message.ts";
import { resumePausedFor } from "../messages/resume.ts";
import { announceProviders } from "../providers/circuit.ts";
import type { Provider } from "../providers/provider.ts";
import { findProviders } from "../providers/queries.ts";
import { checkUpdate, type UpdateProviderInput, writeUpdate } from "../providers/update.ts";
import type { Services } from "../services.ts";
import type { Credentials } from "../vault.ts";
import { type Installation, lastCycleOf } from "./installation.ts";

const log = getLogger(["waybill", "providers"]);
/** There is one; that of the system organization stands for it. */
export const INSTALLATION_ID = SYSTEM_ORGANIZATION_ID;

const NO_SETTINGS = { version: "", providerIds: [], mailCaptured: false, variables: [] };

/**
 * All that runs on this database.
 *
 * @throws {ForbiddenError} to all but the OPERATOR
 */
export async function readInstallation(
  { db, settings = NO_SETTINGS }: Services,
  caller: Caller,
): Promise<Installation> {
  requireOperator(caller, "see the installation");
  const [workers, found] = await Promise.all([
    readWorkers(db),
    findProviders(db, settings.providerIds),
  ]);
  const byId = new Map(found.map((provider) => [provider.id, provider]));
  return {
    ...settings,
    providers: settings.providerIds.flatMap((id) => byId.get(id) ?? []),
    processor: { workers, intervalMs: POLL_MS, batchSize: CLAIM_LIMIT, ...lastCycleOf(workers) },
  };
}

/** What `updateProvider` did. */
export interface UpdatedProvider {
  readonly provider: Provider;
  /** Those of all organizations that go on. */
  readonly resumed: readonly Message[];
}

/**
 * Replaces what the settings say of a provider, in all processes and without a restart. New credentials
 * close its circuit; they, and switching it on, let everything go on that was paused because of it.
 *
 * @throws {ForbiddenError} to all but the OPERATOR
 * @throws {NotFoundError}
 * @throws {InvalidInputError} with every fault; nothing is written then
 * @throws {ConflictError} NOT_CONFIGURED when there is no key to seal credentials with
 */
export async function updateProvider(
  services: Services,
  caller: Caller,
  id: string,
  input: UpdateProviderInput,
): Promise<UpdatedProvider> {
  requireOperator(caller, "change providers");
  const before = await getProvider(services, id);
  const credentials = checkUpdate(before, input);
  const sealed = credentials && await seal(services, before, credentials);
  const { perSecondLimit } = input;
  const enabled = input.enabled === undefined ? undefined : input.enabled ?? true;
  await services.db.transaction((tx) =>
    writeUpdate(tx, id, { credentials: sealed, perSecondLimit, enabled })
  );
  announceProviders(services, [id]);
  // By their names: the values are secrets.
  const fields = Object.keys(input).filter((key) => input[key as keyof typeof input] !== undefined);
  log.info("Provider {name} was changed by {keyId}: {fields}", {
    name: before.name,
    keyId: caller.keyId && toTypeId("apiKey", caller.keyId),
    fields: fields.join(", "),
  });
  const mended = credentials !== undefined || enabled === true;
  const resumed = mended ? await resumePausedFor(services, id) : [];
  return { provider: await getProvider(services, id), resumed };
}

async function getProvider({ db }: Services, id: string): Promise<Provider> {
  const [provider] = await findProviders(db, [id]);
  if (!provider) throw new NotFoundError([toTypeId("provider", id)]);
  return provider;
}

function seal({ vault }: Services, { id }: Provider, credentials: Credentials): Promise<string> {
  if (!vault) throw new Error("Cannot seal credentials: this process was started without a vault");
  return vault.seal(id, credentials);
}
