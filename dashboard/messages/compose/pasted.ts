/** A recipient of a pasted list. */
export interface PastedRecipient {
  readonly address: string;
  readonly name?: string;
}

/** A pasted list: its recipients without repetitions, and the number of repetitions. */
export interface PastedList {
  readonly recipients: readonly PastedRecipient[];
  readonly duplicates: number;
}

// "Ada Lovelace <ada@example.com>", as mail programs copy it.
const NAMED = /^"?([^"<]*?)"?\s*<([^>]+)>$/;

/**
 * Reads recipients that are separated by line ends, semicolons, or commas between addresses. A line
 * "address, name" has a name, too.
 */
export function readPasted(text: string): PastedList {
  const all = text.split(/[\n\r;]+/).flatMap(readLine);
  const byAddress = new Map<string, PastedRecipient>();
  for (const recipient of all) {
    const key = recipient.address.toLowerCase();
    // The first one wins, as on the server.
    if (!byAddress.has(key)) byAddress.set(key, recipient);
  }
  return { recipients: [...byAddress.values()], duplicates: all.length - byAddress.size };
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
