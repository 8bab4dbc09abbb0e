import type { Change, Topic } from "./bus.ts";

/** Changes that one process sends to all others together. */
export interface Packet {
  /** Id of the sender, which also receives its own packets and must ignore them. */
  readonly from: string;
  /** Null: some changes were lost. */
  readonly changes: readonly Change[] | null;
}

type Entry = [topic: Topic, organizationId: string, ids: readonly string[] | null];

/** Serializes a packet to one or more texts of at most `limit` bytes each. */
export function pack({ from, changes }: Packet, limit: number): string[] {
  if (!changes) return [envelope(from, "null")];
  const room = limit - bytes(envelope(from, "[]"));
  const texts: string[] = [];
  let entries = "";
  for (const change of changes) {
    const entry = write(change, room);
    if (entries && bytes(entries) + bytes(entry) + 1 > room) {
      texts.push(envelope(from, `[${entries}]`));
      entries = entry;
    } else {
      entries += entries ? `,${entry}` : entry;
    }
  }
  return [...texts, envelope(from, `[${entries}]`)];
}

/** Parses one text of `pack`. */
export function unpack(text: string): Packet {
  const { from, changes }: { from: string; changes: Entry[] | null } = JSON.parse(text);
  if (!changes) return { from, changes };
  return {
    from,
    changes: changes.map(([topic, organizationId, ids]) => ({ topic, organizationId, ids })),
  };
}

function envelope(from: string, changes: string): string {
  return `{"from":${JSON.stringify(from)},"changes":${changes}}`;
}

function write({ topic, organizationId, ids }: Change, room: number): string {
  const entry: Entry = [topic, organizationId, ids];
  const text = JSON.stringify(entry);
  if (bytes(text) <= room) return text;
  const withoutIds: Entry = [topic, organizationId, null];
  return JSON.stringify(withoutIds);
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
