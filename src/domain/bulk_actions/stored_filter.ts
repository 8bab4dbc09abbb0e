interface StoredDate {
  readonly date: string;
}

/** A filter as JSON. Its times are objects, so that they are not taken for texts. */
export type StoredFilter = Readonly<Record<string, unknown>>;

/** Converts a filter to JSON; drops the fields that set no limit. */
export function encodeFilter(filter: object): StoredFilter {
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value != null).map(([field, value]) => [
      field,
      value instanceof Date ? { date: value.toISOString() } : value,
    ]),
  );
}

/** Converts the JSON of a filter back. */
export function decodeFilter(stored: StoredFilter): StoredFilter {
  return Object.fromEntries(
    Object.entries(stored).map((
      [field, value],
    ) => [field, isStoredDate(value) ? new Date(value.date) : value]),
  );
}

function isStoredDate(value: unknown): value is StoredDate {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "date" &&
    "date" in value && typeof value.date === "string";
}
