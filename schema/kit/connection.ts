interface NamedType {
  readonly name: string;
  readonly description: string;
}

/**
 * Names and describes a connection type and its edge type: `t.connection({ … }, ...connectionNames("Job"))`.
 *
 * @param name of the listed type
 */
export function connectionNames(name: string): readonly [connection: NamedType, edge: NamedType] {
  return [
    { name: `${name}Connection`, description: `Page of a list of ${name} items.` },
    { name: `${name}Edge`, description: `${name} item with its cursor.` },
  ];
}
