/** Time limits of one request, in milliseconds. */
export interface TimeLimits {
  /** From the request to the end of the answer. */
  readonly totalMs: number;
  /** From the request to the first text. Models that reason, and those that are being loaded, take minutes. */
  readonly firstTextMs: number;
  /** From one part of the text to the next. */
  readonly silenceMs: number;
}

const DEFAULTS: TimeLimits = { totalMs: 900_000, firstTextMs: 300_000, silenceMs: 60_000 };

/** Error: the model did not answer in time. */
export class ModelTimeout extends Error {
  override readonly name = "ModelTimeout";
  readonly code = "ETIMEDOUT";
}

/** Time limit of a running request. */
export interface TimeLimit {
  /** Aborted by the caller's signal, or with a `ModelTimeout`. */
  readonly signal: AbortSignal;
  /** @param text whether the received part contains text */
  received(text: boolean): void;
  /** Stops the timers. */
  end(): void;
}

/** Starts the time limits of a request. */
export function startTimeLimit(
  signal: AbortSignal,
  overrides: Partial<TimeLimits> = {},
): TimeLimit {
  const { totalMs, firstTextMs, silenceMs } = { ...DEFAULTS, ...overrides };
  const controller = new AbortController();
  const abortAfter = (ms: number, message: string) =>
    setTimeout(() => controller.abort(new ModelTimeout(message)), ms);
  const total = abortAfter(totalMs, `The answer did not end within ${totalMs / 1_000} s`);
  let silence = abortAfter(firstTextMs, `No text arrived within ${firstTextMs / 1_000} s`);
  /** Time of the last part since the text began; null before. */
  let receivedAt: number | null = null;
  // One timer that checks the time of the last part, because setting a timer per part takes longer than reading the
  // part.
  const watchSilence = (from: number) => {
    const ms = Math.max(0, from + silenceMs - performance.now());
    silence = setTimeout(() => {
      if (receivedAt !== null && receivedAt > from) return watchSilence(receivedAt);
      controller.abort(new ModelTimeout(`The answer stopped for ${silenceMs / 1_000} s`));
    }, ms);
  };
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    received(text) {
      if (receivedAt === null) {
        if (!text) return;
        clearTimeout(silence);
        watchSilence(performance.now());
      }
      receivedAt = performance.now();
    },
    end() {
      clearTimeout(total);
      clearTimeout(silence);
    },
  };
}
