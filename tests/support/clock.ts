import FakeTimers from "@sinonjs/fake-timers";

/** Timers that run only when a test advances the time. */
export interface Clock extends Disposable {
  /** Advances the time and runs the timers that become due. */
  tick(ms: number): void;
}

/** Replaces setTimeout and setInterval until it is disposed of. */
export function stopTime(): Clock {
  const clock = FakeTimers.withGlobal(globalThis).install({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    shouldClearNativeTimers: true,
  });
  return {
    tick: (ms) => void clock.tick(ms),
    [Symbol.dispose]: () => clock.uninstall(),
  };
}
