import type { DeliveryError, DeliveryErrorType } from "../../channels/channel.ts";
import type { MessageChannel } from "../channel.ts";

/**
 * Whether a provider is asked: CLOSED, it is; OPEN, it is not, until its time has come; HALF_OPEN, one
 * message is trying whether it works again.
 */
export type CircuitState = "CLOSED" | "OPEN" | "HALF_OPEN";

/** A service that takes our messages. */
export interface Provider {
  readonly id: string;
  readonly channel: MessageChannel;
  /** "smtp.example.com:587", "messenger". */
  readonly name: string;
  readonly enabled: boolean;
  /** Messages per second at most, of all processes together; null: no limit. */
  readonly perSecond: number | null;
  readonly state: CircuitState;
  /** When it came into that state. */
  readonly since: Date;
  /** The error that opened the circuit last, or none since it was closed. */
  readonly errorType: DeliveryErrorType | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** A provider as the processes see it that send through it. */
export interface ProviderState extends Provider {
  /** Proof of the circuit's state and the credentials: one more with each change. */
  readonly epoch: number;
  /** How often the circuit has opened since it was last closed. */
  readonly openings: number;
  /** Until the next message may try it, in milliseconds from now; null: CLOSED. */
  readonly retryMs: number | null;
  /** A person must mend it. */
  readonly errorPauses: boolean;
  /** Sealed; null: those of the settings. */
  readonly credentials: string | null;
}

const FIRST_OPEN_MS = 5_000;
const MAX_OPEN_MS = 60_000;
// A single connection that breaks is no outage.
const MAX_NETWORK_FAILURES = 3;
const AT_FAULT: ReadonlySet<DeliveryErrorType> = new Set(["NETWORK", "ACCESS_TOKEN", "RATE_LIMIT"]);

/** Whether another provider may do better, and nothing was handed over to this one. */
export function mayFailOver({ type, disposition, afterData }: DeliveryError): boolean {
  return AT_FAULT.has(type) && !afterData && (disposition === "retry" || disposition === "pause");
}

/** Whether it is the provider that failed, whoever the recipient was. */
export function isProvidersFault(error: DeliveryError): boolean {
  const { type, disposition, beforeRecipient, noAnswer = false } = error;
  return AT_FAULT.has(type) && (beforeRecipient || noAnswer || disposition === "pause");
}

/**
 * Whether a failure opens the circuit.
 *
 * @param failures of the provider in a row, this one included
 */
export function opensCircuit({ type }: DeliveryError, failures: number): boolean {
  return type !== "NETWORK" || failures >= MAX_NETWORK_FAILURES;
}

/**
 * How long the circuit stays open, in milliseconds: 5 s, 10 s, 20 s … a minute, or as long as the
 * provider asked for.
 *
 * @param openings before this one, since it was last closed
 */
export function openFor({ retryAfterMs }: DeliveryError, openings: number): number {
  return Math.max(Math.min(FIRST_OPEN_MS * 2 ** openings, MAX_OPEN_MS), retryAfterMs ?? 0);
}
