import FakeTimers from "@sinonjs/fake-timers";

/** Timers that run only when a test advances the time. */
export interface Clock extends Disposable {
  /** Advances the time and runs the timers that become due. */
  tick(ms: number): void;
}

const TIMERS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;

/**
 * Replaces setTimeout and setInterval until it is disposed of.
 *
 * @param also.performance whether to replace `performance.now()`, too
 */
export function stopTime(also: { readonly performance?: boolean } = {}): Clock {
  const clock = FakeTimers.withGlobal(globalThis).install({
    toFake: also.performance ? [...TIMERS, "performance"] : [...TIMERS],
    shouldClearNativeTimers: true,
  });
  return {
    tick: (ms) => void clock.tick(ms),
    [Symbol.dispose]: () => clock.uninstall(),
  };
}

/** Moves `performance.now()` forward until disposed of; timers keep their time. */
export function skipTime(ms: number): Disposable {
  const { now } = performance;
  performance.now = () => now.call(performance) + ms;
  return {
    [Symbol.dispose]() {
      performance.now = now;
    },
  };
}
