import { getLogger } from "@logtape/logtape";
import { type Caller, requireOperator } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Message } from "../messages/message.ts";
import { wakeWaiting } from "../jobs/wake.ts";
import { continueRecovered } from "../messages/recover.ts";
import { allowProbe, publishProviders } from "../providers/circuit.ts";
import type { Provider } from "../providers/provider.ts";
import { findProviders } from "../providers/find.ts";
import { checkUpdate, type UpdateProviderInput, writeUpdate } from "../providers/update.ts";
import type { Services } from "../services.ts";
import type { Credentials } from "../vault.ts";

const log = getLogger(["waybill", "providers"]);

/** The result of `updateProvider`. */
export interface UpdatedProvider {
  readonly provider: Provider;
  /** The resumed messages of all organizations. */
  readonly resumed: readonly Message[];
}

/**
 * Replaces settings of a provider in all processes, without a restart. New credentials close its
 * circuit. New credentials, and enabling the provider, resume all messages that were paused because of it,
 * and wake the jobs that wait for a provider of its channel; another limit wakes those that wait for it.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {NotFoundError}
 * @throws {InvalidInputError} with every fault; nothing is written then
 * @throws {ConflictError} NOT_CONFIGURED if there is no key to seal credentials with
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
  publishProviders(services, [id]);
  // Names only, because the values are secrets.
  const fields = Object.keys(input).filter((key) => input[key as keyof typeof input] !== undefined);
  log.info("API key {keyId} changed provider {name}: {fields}", {
    name: before.name,
    keyId: caller.keyId && toTypeId("apiKey", caller.keyId),
    fields: fields.join(", "),
  });
  const mayWork = credentials !== undefined || enabled === true;
  if (mayWork) publishProviders(services, await allowProbe(services.db, before.channel));
  const resumed = mayWork ? await continueRecovered(services, id) : [];
  if (perSecondLimit !== undefined) await wakeWaiting(services, [id]);
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
