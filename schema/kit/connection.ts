interface Named {
  readonly name: string;
  readonly description: string;
}

/**
 * What a connection and its edges are called, for `t.connection({ … }, ...connectionNames("Job"))`.
 *
 * @param name of the listed type
 */
export function connectionNames(name: string): readonly [Named, Named] {
  return [
    { name: `${name}Connection`, description: `One page of a list; each item is of type ${name}.` },
    { name: `${name}Edge`, description: "An item and its place in the list." },
  ];
}
