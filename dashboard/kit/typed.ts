import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";

/**
 * Text of a field that is applied shortly after the last key. A value that another part of the page sets replaces the
 * text; the applied value does not, because more may have been typed since.
 *
 * @param ms time after the last key
 * @returns the text, and a function that changes it
 */
export function useTyped(
  value: string,
  apply: (text: string) => void,
  ms: number,
): [text: string, change: (text: string) => void] {
  const [typed, setTyped] = useState({ text: value, seen: value, applied: value });
  if (value !== typed.seen) {
    setTyped({ ...typed, seen: value, text: value === typed.applied ? typed.text : value });
  }
  const applyLater = useDebouncedCallback((text: string) => {
    setTyped((previous) => ({ ...previous, applied: text }));
    apply(text);
  }, ms);
  return [typed.text, (text) => {
    setTyped((previous) => ({ ...previous, text }));
    applyLater(text);
  }];
}
