import type { Liquid } from "liquidjs";

/**
 * Copies the values of variables so that printing an object is an error with the object's name; by default
 * it would be printed as [object Object]. Lists, conditions, loops and the filter `json` are unaffected.
 */
export function toScope(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, withName(value, name)]),
  );
}

/** Refuses to print the groups that the filters `group_by` and `group_by_exp` of an engine create. */
export function nameGroups(engine: Liquid): Liquid {
  for (const name of ["group_by", "group_by_exp"]) {
    const groupBy = engine.filters[name];
    if (typeof groupBy !== "function") {
      throw new Error(`Cannot find the filter ${name} of liquidjs`);
    }
    engine.registerFilter(name, function* (...args): Generator<unknown, unknown> {
      return withName(yield groupBy.apply(this, args), name);
    });
  }
  return engine;
}

function withName(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item, n) => withName(item, `${name}[${n}]`));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map((
    [key, child],
  ) => [key, withName(child, `${name}.${key}`)]);
  // JavaScript calls this method when any filter or output converts the object to text or to a number.
  return Object.defineProperty(Object.fromEntries(fields), Symbol.toPrimitive, {
    value: () => {
      throw new TypeError(
        `${name} is an object; print one of its fields, or the object by the filter json`,
      );
    },
  });
}
