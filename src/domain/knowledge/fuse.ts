// Usual constant of the method; it keeps the first places of one ranking from dominating.
const K = 60;

/**
 * Merges rankings of the same kind of objects by the sums of their reciprocal ranks (reciprocal rank fusion, Cormack et
 * al. 2009).
 *
 * @param weightOf factor of an object
 * @returns each object once, the best first
 */
export function fuse<T extends { readonly id: string }>(
  rankings: readonly (readonly T[])[],
  weightOf: (object: T) => number,
): T[] {
  const scores = new Map<string, { object: T; score: number }>();
  for (const ranking of rankings) {
    for (const [index, object] of ranking.entries()) {
      const score = scores.get(object.id)?.score ?? 0;
      scores.set(object.id, { object, score: score + weightOf(object) / (K + index + 1) });
    }
  }
  return [...scores.values()].toSorted((a, b) => b.score - a.score).map(({ object }) => object);
}
