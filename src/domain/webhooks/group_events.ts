/** Maximum number of events of deliveries in one call. */
export const MAX_EVENTS = 50;
/** Maximum wait of an event for others of its call, in milliseconds. */
export const MAX_WAIT_MS = 1_000;

/** Fields of an event by which it is grouped into a call. */
export interface GroupedEvent {
  readonly event: string;
  readonly objectId: string;
  readonly ageMs: number;
}

/**
 * Puts events into calls: each alone, or up to 50 of deliveries together, of one kind. Events of deliveries wait
 * up to a second for others. Pure.
 *
 * Calls with an object in common are delivered in their order. So an event joins a call only if no later call has
 * an event of its object, and a call takes all earlier ones that have an object in common with it along.
 *
 * @param events in the order of their changes
 * @returns the calls that need not wait, in order
 */
export function groupEvents<T extends GroupedEvent>(events: readonly T[]): T[][] {
  const groups: T[][] = [];
  const lastGroupOf = new Map<string, number>();
  const openGroups = new Map<string, number>();
  for (const event of events) {
    const open = openGroups.get(event.event);
    const group = open === undefined ? undefined : groups[open];
    const fits = open !== undefined && group !== undefined && group.length < MAX_EVENTS &&
      (lastGroupOf.get(event.objectId) ?? -1) <= open;
    const index = fits ? open : groups.length;
    if (fits) group.push(event);
    else groups.push([event]);
    lastGroupOf.set(event.objectId, index);
    if (isCollected(event)) openGroups.set(event.event, index);
  }
  return withoutWaiting(groups);
}

function withoutWaiting<T extends GroupedEvent>(groups: readonly T[][]): T[][] {
  const ready: T[][] = [];
  const objects = new Set<string>();
  for (const group of groups.toReversed()) {
    if (!isReady(group) && !group.some(({ objectId }) => objects.has(objectId))) continue;
    ready.push(group);
    for (const { objectId } of group) objects.add(objectId);
  }
  return ready.reverse();
}

function isReady(group: readonly GroupedEvent[]): boolean {
  return group.length >= MAX_EVENTS ||
    group.some((event) => !isCollected(event) || event.ageMs >= MAX_WAIT_MS);
}

function isCollected({ event }: GroupedEvent): boolean {
  return event.startsWith("DELIVERY_");
}
