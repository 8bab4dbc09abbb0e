/** All lanes. */
export const LANES = ["TRANSACTIONAL", "AI", "LEARNING", "BULK", "WEBHOOK", "SYSTEM"] as const;

/** Group of jobs with worker slots of its own, which jobs of other lanes never use. */
export type Lane = (typeof LANES)[number];

/** Size of a job that uses a whole slot. A slot runs several smaller jobs of this size together. */
export const SLOT_SIZE = 100;

/** Number of worker slots of one process, by lane. A lane that is absent is not worked on. */
export type LaneSlots = ReadonlyMap<Lane, number>;

/** Slots of a process that works on all lanes. */
export const DEFAULT_SLOTS: LaneSlots = new Map([
  ["TRANSACTIONAL", 4],
  ["AI", 5],
  ["LEARNING", 2],
  ["BULK", 2],
  ["WEBHOOK", 2],
  ["SYSTEM", 2],
]);

/** Maximum number of slots of one process in one lane. */
export const MAX_SLOTS = 999;

/**
 * Reads the lanes and slots of a process.
 *
 * @param text lanes with 1 to 999 slots each: "ai:5,learning:2"
 * @returns the slots by lane, and one fault per invalid part of `text`, as text for people
 */
export function parseLaneSlots(text: string): { slots: LaneSlots; faults: string[] } {
  const slots = new Map<Lane, number>();
  const faults: string[] = [];
  for (const part of text.split(",").map((part) => part.trim())) {
    const [, name = "", count = ""] = /^(\w+)\s*:\s*(\d{1,9})$/.exec(part) ?? [];
    const lane = LANES.find((lane) => lane === name.toUpperCase());
    if (!lane) {
      const lanes = LANES.join(", ").toLowerCase();
      faults.push(`expected lanes and slots like ai:5,learning:2 (lanes: ${lanes}), got "${part}"`);
    } else if (Number(count) < 1 || Number(count) > MAX_SLOTS) {
      faults.push(`expected 1 to ${MAX_SLOTS} slots, got "${part}"`);
    } else if (slots.has(lane)) {
      faults.push(`expected each lane once, got ${name} again`);
    } else {
      slots.set(lane, Number(count));
    }
  }
  return { slots, faults };
}
