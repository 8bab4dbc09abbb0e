import { attributionAt, isCopyAt, isSignature } from "./quote_marks.ts";

/**
 * Returns the text that the sender of a mail wrote: without the mails that it quotes, and without a signature that is
 * marked as one. A closing such as "Kind regards, Anna" belongs to it. The time is linear in the length of the text.
 *
 * @returns "" if the mail consists of quotes
 */
export function replyTextOf(text: string): string {
  const lines = text.split(/\r?\n/);
  const kept: string[] = [];
  let inSignature = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (isQuoted(line)) {
      inSignature = false;
      continue;
    }
    if (line === "") {
      if (!inSignature) kept.push(line);
      continue;
    }
    if (isCopyAt(lines, at)) break;
    const attribution = attributionAt(lines, at);
    if (attribution) {
      const isMarked = isQuoted(nextText(lines, at + attribution.lines));
      // An unmarked quote extends to the end of the mail.
      if (!isMarked && attribution.isCertain && kept.some(Boolean)) break;
      if (isMarked || attribution.isCertain) {
        at += attribution.lines - 1;
        continue;
      }
    }
    inSignature ||= isSignature(line);
    if (!inSignature) kept.push(line.trimEnd());
  }
  return kept.join("\n").replaceAll(/\n{3,}/g, "\n\n").trim();
}

function isQuoted(line: string): boolean {
  return line.startsWith(">");
}

function nextText(lines: readonly string[], from: number): string {
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.trim() !== "") return line;
  }
  return "";
}
