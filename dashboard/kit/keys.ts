import { type HotkeyItem, useHotkeys } from "@mantine/hooks";

const CAPTURING = "[role=dialog], [role=menu], [role=listbox]";
const TYPED = "textarea, select, input:not([type=checkbox], [type=radio])";
const OPERABLE = "a, button, input, summary";
const SEQUENCE_MS = 1_500;

// The second key of a sequence must not act on the page, too, whichever of the two handlers runs first.
let sequenceEndsAt = 0;
let takenBySequence: KeyboardEvent | null = null;

/**
 * Binds keys of a page. They have no effect in dialogs, menus and text fields, where the same keys are input,
 * but have one while a check box, a link or a button of the page has the focus.
 */
export function useKeys(keys: readonly HotkeyItem[]): void {
  useGuardedKeys(keys, (event) => isInSequence() || event === takenBySequence);
}

/** Binds sequences of two keys, as `g` and `m`. Their second keys have no other effect meanwhile. */
export function useSequences(first: string, seconds: readonly HotkeyItem[]): void {
  const keys = seconds.map(([key, run]): HotkeyItem => [key, (event) => {
    takenBySequence = event;
    sequenceEndsAt = 0;
    run(event);
  }]);
  useGuardedKeys(keys, () => !isInSequence());
  useGuardedKeys([[first, () => {
    sequenceEndsAt = performance.now() + SEQUENCE_MS;
  }]], () => false);
}

function isInSequence(): boolean {
  return performance.now() < sequenceEndsAt;
}

function useGuardedKeys(
  keys: readonly HotkeyItem[],
  isElsewhere: (event: KeyboardEvent) => boolean,
): void {
  const guarded = keys.map(([key, run]): HotkeyItem => [
    key,
    (event) => {
      if (isTaken(event) || isElsewhere(event)) return;
      event.preventDefault();
      run(event);
    },
    { preventDefault: false },
  ]);
  useHotkeys(guarded, []);
}

// Enter operates the element that has the focus.
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest(CAPTURING) !== null || target.matches(TYPED) ||
    (key === "Enter" && target.closest(OPERABLE) !== null);
}
