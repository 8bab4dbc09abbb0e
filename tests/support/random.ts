import { pathOf } from "./imports.ts";

/** Random choices that are the same for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  number(): number;
  /** One of `values`, which must not be empty. */
  pick<T>(values: readonly T[]): T;
}

const DEFAULT_SEED = 20_260_713;
const SEEDS = 1_000_000;

/**
 * Runs a test on random choices. The seed is fixed, so that runs in CI can be compared; `SEED=random` chooses another, `SEED=<number>` repeats a run.
 *
 * @param file `import.meta.url` of the test
 * @throws with the seed and the command that repeats the run, when `test` throws
 */
export async function withRandom(
  file: string,
  test: (random: Random) => Promise<void>,
): Promise<void> {
  const seed = readSeed();
  try {
    await test(randomOf(seed));
  } catch (error) {
    const command = `SEED=${seed} deno test -A --frozen ${pathOf(file)}`;
    throw new Error(`Failed with seed ${seed}; repeat with: ${command}`, { cause: error });
  }
}

function readSeed(): number {
  const setting = Deno.env.get("SEED");
  if (setting === "random") return Math.floor(Math.random() * SEEDS);
  const seed = Number(setting ?? DEFAULT_SEED);
  if (!Number.isInteger(seed)) throw new Error(`SEED must be random or an integer, got ${setting}`);
  return seed;
}

// Mulberry32.
function randomOf(seed: number): Random {
  let state = seed;
  const number = () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    number,
    pick(values) {
      if (values.length === 0) throw new Error("Cannot pick from an empty list");
      return values[Math.floor(number() * values.length)] as (typeof values)[number];
    },
  };
}
