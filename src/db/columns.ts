/** Columns of a table under the names of an interface: `"title"`, or `"user_id as userId"`. */
export type Columns = readonly string[];

/** The columns as the text of a SELECT or RETURNING. */
export function columnList(columns: Columns): string {
  return columns.map((column) => column.replace(/ as (.*)/, ' as "$1"')).join(", ");
}

type FieldOf<Column> = Column extends `${string} as ${infer Field}` ? Field : Column;
type NameOf<Column> = Column extends `${infer Name} as ${string}` ? Name : Column;

/** The table, for the query builder: its columns, each with the type of its field in `Row`. */
export type TableOf<Row, Listed extends Columns> = {
  [Column in Listed[number] as NameOf<Column> & string]: FieldOf<Column> extends keyof Row
    ? Row[FieldOf<Column>]
    : never;
};
