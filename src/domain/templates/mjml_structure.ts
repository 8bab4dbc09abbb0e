interface OpenTag {
  readonly name: string;
  readonly offset: number;
}

/** Fault at an offset of the text. */
export interface StructureFault {
  readonly offset: number;
  readonly message: string;
}

// Comments, and tags of MJML; a quoted value may contain ">".
const TAG = /<!--[^]*?-->|<(\/?)(mj[\w-]*)(?:"[^"]*"|'[^']*'|[^'">])*>/g;

/**
 * Finds the first fault in the nesting of the tags of MJML, because its compiler silently drops the content of an
 * element that is not closed; and elements that would read a file.
 */
export function faultsOfStructure(text: string): StructureFault[] {
  const open: OpenTag[] = [];
  for (const { 0: tag, 1: slash, 2: name, index: offset } of text.matchAll(TAG)) {
    if (name === undefined) continue;
    if (name === "mj-include") {
      const message = "<mj-include> is not supported: insert the content of the file in its place";
      return [{ offset, message }];
    }
    if (slash === "") {
      if (!tag.endsWith("/>")) open.push({ name, offset });
      continue;
    }
    const last = open.pop();
    if (last?.name === name) continue;
    const expected = last ? `; </${last.name}> is expected` : "";
    return [{ offset, message: `</${name}> closes an element that is not open${expected}` }];
  }
  return open.slice(-1).map(({ name, offset }) => ({ offset, message: `<${name}> is not closed` }));
}
