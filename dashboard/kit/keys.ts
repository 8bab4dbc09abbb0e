import { type HotkeyItem, useHotkeys } from "@mantine/hooks";

const CAPTURING = "[role=dialog], [role=menu], [role=listbox]";
const TYPED = "textarea, select, input:not([type=checkbox], [type=radio])";
const OPERABLE = "a, button, input, summary";

/**
 * Binds keys of a page. They have no effect in dialogs, menus and text fields, where the same keys are input,
 * but have one while a check box, a link or a button of the page has the focus.
 */
export function useKeys(keys: readonly HotkeyItem[]): void {
  const guarded = keys.map(([key, run]): HotkeyItem => [
    key,
    (event) => {
      if (isTaken(event)) return;
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
