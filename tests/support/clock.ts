import FakeTimers from "@sinonjs/fake-timers";

/** Time that stands still until a test moves it. */
export interface Clock extends Disposable {
  /** Moves on, running what comes due on the way. */
  tick(ms: number): void;
}

/** Stops the time of setTimeout and setInterval until disposed of. */
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
