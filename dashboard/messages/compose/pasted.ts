/** A recipient of a pasted list. */
export interface PastedRecipient {
  readonly address: string;
  readonly name?: string;
}

/** A pasted list. */
export interface PastedList {
  readonly all: readonly PastedRecipient[];
  /** Without duplicate addresses. */
  readonly recipients: readonly PastedRecipient[];
}

// "Ada Lovelace <ada@example.com>", as mail programs copy it.
const NAMED = /^"?([^"<]*?)"?\s*<([^>]+)>$/;

let latest: { readonly text: string; readonly list: PastedList } | null = null;

/**
 * Reads recipients that are separated by line ends, semicolons, or commas between addresses. A line
 * "address, name" has a name, too. The list of the last text is kept, because the fields of a form read it
 * again at each key.
 */
export function readPasted(text: string): PastedList {
  if (latest?.text !== text) latest = { text, list: parse(text) };
  return latest.list;
}

function parse(text: string): PastedList {
  const all = text.split(/[\n\r;]+/).flatMap(readLine);
  const byAddress = new Map<string, PastedRecipient>();
  for (const recipient of all) {
    const key = recipient.address.toLowerCase();
    // The first one wins, as on the server.
    if (!byAddress.has(key)) byAddress.set(key, recipient);
  }
  return { all, recipients: [...byAddress.values()] };
}

function readLine(line: string): PastedRecipient[] {
  const parts = line.split(/[,\t]/).map((part) => part.trim()).filter((part) => part !== "");
  const [first, second] = parts;
  if (first === undefined) return [];
  const isPair = parts.length === 2 && second !== undefined && !second.includes("@") &&
    !/^\d+$/.test(second);
  if (isPair) return [{ address: first, name: second }];
  return parts.map((part) => {
    const [, name = "", address = part] = NAMED.exec(part) ?? [];
    return name === "" ? { address } : { address, name };
  });
}
