import { type Connection, statement } from "../../db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import type { Services } from "../services.ts";
import { openDurationMs, type ProviderFailure, type ProviderState } from "./provider.ts";
import { STATE } from "./find.ts";
import { RECOVER } from "./recovery.ts";

/** Timeout of a probe, in milliseconds; after it another message may probe. */
const PROBE_MS = 60_000;
// A model that reasons, or that is being loaded, takes minutes until its answer begins.
const MODEL_PROBE_MS = 300_000;

// Compare-and-set on the epoch: of several processes that see the same failure only the first one acts,
// and results from before the credentials were replaced change nothing.
const OPEN = statement<
  [
    id: string,
    epoch: number,
    openMs: number,
    type: string,
    code: string | null,
    message: string,
    pauses: boolean,
    fingerprint: string | null,
  ],
  ProviderState
>(
  "providers.open",
  `update providers set state = 'OPEN', since = now(), epoch = epoch + 1, openings = openings + 1,
     retry_at = now() + $3 * interval '1 millisecond',
     error_type = $4, error_code = $5, error_message = $6, error_pauses = $7,
     failed_fingerprint = case when credentials is null then $8 end,
     recovered = recovered and not $7
   where id = $1 and epoch = $2
   returning ${STATE}`,
);

const PROBE = statement<[id: string, epoch: number, probeMs: number], ProviderState>(
  "providers.probe",
  `update providers set state = 'HALF_OPEN', since = now(), epoch = epoch + 1,
     retry_at = now() + $3 * interval '1 millisecond'
   where id = $1 and epoch = $2 and retry_at <= now()
   returning ${STATE}`,
);

const ABANDON_PROBE = statement<[id: string, epoch: number], ProviderState>(
  "providers.abandonProbe",
  `update providers set state = 'OPEN', since = now(), epoch = epoch + 1, retry_at = now()
   where id = $1 and epoch = $2 and state = 'HALF_OPEN'
   returning ${STATE}`,
);

const CLOSE = statement<[id: string, epoch: number], ProviderState>(
  "providers.close",
  `update providers set epoch = epoch + 1, ${RECOVER}
   where id = $1 and epoch = $2
   returning ${STATE}`,
);

// Starts a new epoch, so that earlier failures pause no message that is sent from now on.
const ALLOW_PROBE = statement<[channel: MessageChannel | null], { id: string }>(
  "providers.allowProbe",
  `update providers set retry_at = now(), epoch = epoch + 1
   where channel is not distinct from $1 and state = 'OPEN'
   returning id`,
);

type Circuit = Pick<ProviderState, "id" | "channel" | "epoch" | "openings">;

/**
 * Opens a circuit: the provider is not used for a while.
 *
 * @param fingerprint of the settings that this process uses; null: unknown
 * @returns undefined when the circuit has changed since it was read: nothing is written
 */
export function openCircuit(
  services: Services,
  circuit: Circuit,
  error: ProviderFailure,
  fingerprint: string | null = null,
): Promise<ProviderState | undefined> {
  const { type, code, message, disposition } = error;
  const openMs = openDurationMs(error, circuit.openings);
  const pauses = disposition === "pause";
  return change(
    services,
    services.db.run(
      OPEN,
      circuit.id,
      circuit.epoch,
      openMs,
      type,
      code,
      message,
      pauses,
      fingerprint,
    ),
  );
}

/**
 * Lets one message of all processes probe a provider whose wait is over.
 *
 * @returns undefined when it is too early, or another process probes it
 */
export function beginProbe(
  services: Services,
  circuit: Circuit,
): Promise<ProviderState | undefined> {
  const probeMs = circuit.channel === null ? MODEL_PROBE_MS : PROBE_MS;
  return change(services, services.db.run(PROBE, circuit.id, circuit.epoch, probeMs));
}

/**
 * Ends a probe whose message was not sent, so that the next message may probe.
 *
 * @returns undefined when the circuit has changed since it was read: nothing is written
 */
export function abandonProbe(
  services: Services,
  circuit: Circuit,
): Promise<ProviderState | undefined> {
  return change(services, services.db.run(ABANDON_PROBE, circuit.id, circuit.epoch));
}

/**
 * Closes a circuit, because the provider works. Call `continueRecovered` afterwards.
 *
 * @returns undefined when the circuit has changed since it was read: nothing is written
 */
export function closeCircuit(
  services: Services,
  circuit: Circuit,
): Promise<ProviderState | undefined> {
  return change(services, services.db.run(CLOSE, circuit.id, circuit.epoch));
}

/**
 * Lets a message probe the open providers of a channel at once, because an operator may have fixed them.
 *
 * @param channel null: the language model
 * @returns ids of the providers
 */
export async function allowProbe(
  tx: Connection,
  channel: MessageChannel | null,
): Promise<string[]> {
  return (await tx.run(ALLOW_PROBE, channel)).map(({ id }) => id);
}

/** Publishes changed providers to all processes. */
export function publishProviders({ bus }: Services, ids: readonly string[]): void {
  bus.publish("providers", SYSTEM_ORGANIZATION_ID, ids);
}

async function change(
  services: Services,
  changed: Promise<ProviderState[]>,
): Promise<ProviderState | undefined> {
  const [state] = await changed;
  if (state) publishProviders(services, [state.id]);
  return state;
}
