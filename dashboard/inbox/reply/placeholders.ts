const PLACEHOLDER = /\[(?!https?:)[^\[\]\n]{2,100}\]/g;

/** Placeholders of a text, in square brackets, for facts that the model did not know. */
export function placeholdersOf(text: string): string[] {
  return [...new Set(text.match(PLACEHOLDER) ?? [])];
}
