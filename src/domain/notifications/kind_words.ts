/** Words for the kind of a job: "LEARN_EMAILS" → "Learn emails". */
export function kindWords(kind: string): string {
  const words = kind.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
