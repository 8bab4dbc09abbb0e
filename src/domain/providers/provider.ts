import type { DeliveryError, DeliveryErrorType } from "../../channels/channel.ts";
import type { MessageChannel } from "../channel.ts";

/**
 * State of a provider's circuit breaker. CLOSED: the provider is used. OPEN: it is not used until its
 * wait is over. HALF_OPEN: one message probes it.
 */
export type CircuitState = "CLOSED" | "OPEN" | "HALF_OPEN";

/** A service that messages are sent through, or the language model. */
export interface Provider {
  readonly id: string;
  /** Null: the language model. */
  readonly channel: MessageChannel | null;
  /** "smtp.example.com:587", "messenger", "api.openai.com". */
  readonly name: string;
  readonly enabled: boolean;
  /** Messages per second at most, of all processes together; null: no limit. */
  readonly perSecond: number | null;
  readonly state: CircuitState;
  /** Time of the last change of the state. */
  readonly since: Date;
  /** Error that opened the circuit; null while it is closed. */
  readonly errorType: DeliveryErrorType | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** A provider with the fields that sending needs. */
export interface ProviderState extends Provider {
  /** Version of the circuit and the credentials: increased with each change. */
  readonly epoch: number;
  /** Number of times that the circuit was opened since it was last closed. */
  readonly openings: number;
  /** Time until it may be probed, in milliseconds; null: CLOSED. */
  readonly retryMs: number | null;
  /** Whether the error pauses messages, because an operator must remove its cause. */
  readonly errorPauses: boolean;
  /** Sealed credentials; null: those of the settings. */
  readonly credentials: string | null;
}

const FIRST_OPEN_MS = 5_000;
// A provider that works again is used at the latest after this time.
const MAX_OPEN_MS = 30_000;
// Number of consecutive network failures that open the circuit: one broken connection is not an outage.
const MAX_NETWORK_FAILURES = 3;
// Number of consecutive recipients that refuse the sender and open the circuit: some servers refuse it by
// rules of their own.
const MAX_SENDER_REFUSALS = 5;
const PROVIDER_ERRORS: ReadonlySet<DeliveryErrorType> = new Set([
  "NETWORK",
  "ACCESS_TOKEN",
  "RATE_LIMIT",
]);

/** Failure of a provider, as its circuit records it. */
export type ProviderFailure = Pick<
  DeliveryError,
  "type" | "disposition" | "code" | "message" | "retryAfterMs" | "refusesSender"
>;

/** Whether another provider may be tried: it may succeed, and no content was transmitted to this one. */
export function mayFailOver(error: DeliveryError): boolean {
  const { type, disposition, afterData, providerLacks } = error;
  if (providerLacks || isSenderRefused(error)) return true;
  return PROVIDER_ERRORS.has(type) && !afterData &&
    (disposition === "retry" || disposition === "pause");
}

/** Whether the provider failed, not the delivery to this recipient. */
export function isProviderFailure(error: DeliveryError): boolean {
  const { type, disposition, beforeRecipient, noAnswer = false } = error;
  if (isSenderRefused(error)) return true;
  return PROVIDER_ERRORS.has(type) && (beforeRecipient || noAnswer || disposition === "pause");
}

/** Whether so many recipients have refused the sender that the provider counts as failed. */
function isSenderRefused({ refusesSender, disposition }: DeliveryError): boolean {
  return refusesSender === true && disposition === "pause";
}

/**
 * Turns a recipient's refusal of the sender into a failure of the provider. The server has refused the mail,
 * so that another provider may send it even if its content was transmitted.
 */
export function asProviderFailure({ afterData: _, ...refusal }: DeliveryError): DeliveryError {
  return { ...refusal, disposition: "pause", beforeRecipient: true };
}

/**
 * Whether a failure opens the circuit.
 *
 * @param failures number of consecutive failures of its kind, including this one
 */
export function opensCircuit({ type, refusesSender }: ProviderFailure, failures: number): boolean {
  if (refusesSender) return failures >= MAX_SENDER_REFUSALS;
  return type !== "NETWORK" || failures >= MAX_NETWORK_FAILURES;
}

/**
 * Time that a circuit stays open, in milliseconds: 5 s, 10 s, 20 s, then 30 s, or the time that the
 * provider asked for.
 *
 * @param openings number of times that the circuit was opened since it was last closed, without this one
 */
export function openDurationMs({ retryAfterMs }: ProviderFailure, openings: number): number {
  return Math.max(Math.min(FIRST_OPEN_MS * 2 ** openings, MAX_OPEN_MS), retryAfterMs ?? 0);
}
