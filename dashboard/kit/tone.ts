/** Meaning of a colour: waits, runs, done, needs patience, needs a person. Colours mean nothing else. */
export type Tone = "wait" | "run" | "done" | "patience" | "person";

/** CSS colour of a tone with enough contrast for text, in light and dark. */
export function toneColor(tone: Tone): string {
  return `var(--tone-${tone})`;
}
