const ADDRESS = /https?:\/\/[^\s<>"'\u005b\u005d]+/gi;
// Punctuation after an address belongs to the sentence.
const TRAILING = /[.,;:!?)]+$/;

/**
 * Text of a mail with its links, which show the whole address that they open: letters of other alphabets that look
 * alike are shown in their ASCII form.
 */
export function LinkedText({ text }: { readonly text: string }) {
  const parts = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(ADDRESS)) {
    const address = match.replace(TRAILING, "");
    if (!URL.canParse(address)) continue;
    const { href } = new URL(address);
    parts.push(
      text.slice(end, index),
      <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow">{href}</a>,
    );
    end = index + address.length;
  }
  return <div className="inbox-text">{parts}{text.slice(end)}</div>;
}
