import { useEffect } from "react";
import { createStore, useStore } from "../api/store.ts";

const TICK_MS = 1_000;

const now = createStore(Date.now());
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The present time in ms, which ticks every second while a component uses it. One timer serves all. */
export function useNow(): number {
  useEffect(() => {
    const tick = () => now.set(Date.now());
    if (users++ === 0) {
      // The clock stops while no component uses it.
      tick();
      timer = setInterval(tick, TICK_MS);
    }
    return () => {
      if (--users === 0) clearInterval(timer);
    };
  }, []);
  return useStore(now);
}
