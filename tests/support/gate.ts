/** Holds back whoever passes, until told otherwise. */
export interface Gate {
  /** Who waits, oldest first. */
  readonly waiting: readonly string[];
  /** Awaited by who passes. */
  pass(name: string): Promise<void>;
  /** Returns once that many wait. */
  filled(count: number): Promise<void>;
  /** Lets the oldest ones through. */
  release(count: number): void;
  /** Lets everybody through, until it is closed. */
  open(): void;
  /** Holds back whoever comes from now on. */
  close(): void;
}

/** Makes a gate, closed. */
export function makeGate(): Gate {
  const waiting: { readonly name: string; readonly enter: () => void }[] = [];
  let opened = false;
  let onArrival = () => {};
  const release = (count: number) => waiting.splice(0, count).forEach(({ enter }) => enter());
  return {
    get waiting() {
      return waiting.map(({ name }) => name);
    },
    pass(name) {
      if (opened) return Promise.resolve();
      return new Promise((enter) => {
        waiting.push({ name, enter });
        onArrival();
      });
    },
    async filled(count) {
      while (waiting.length < count) {
        await new Promise<void>((resolve) => onArrival = resolve);
      }
    },
    release,
    open() {
      opened = true;
      release(Infinity);
    },
    close() {
      opened = false;
    },
  };
}
