import type { Fault } from "./validation.ts";

const MAX_LEVELS = 32;
const TOO_DEEP: Fault = ["TOO_DEEP", `nests objects and lists more than ${MAX_LEVELS} levels deep`];

/**
 * Checks how deeply a JSON value is nested; null if it may be stored. Call it before any function that
 * recurses, because a value of a few kilobytes can overflow the stack, and that of the embedded database.
 */
export function checkNesting(value: unknown): Fault | null {
  return nestsDeeper(value, MAX_LEVELS) ? TOO_DEEP : null;
}

/** True if a JSON value has more than `levels` levels of objects and lists; does not recurse. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  let containers = [value].filter(isContainer);
  for (let level = 0; containers.length > 0; level++) {
    if (level === levels) return true;
    containers = containers.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
