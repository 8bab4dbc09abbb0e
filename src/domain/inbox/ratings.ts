import { LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { Period } from "../period.ts";
import type { Services } from "../services.ts";
import { SUGGESTION_COLUMNS } from "./find.ts";
import type { Suggestion } from "./suggestion.ts";

/** Ratings that were given in a period. */
export interface RatingTotals {
  readonly good: number;
  readonly bad: number;
}

type Scope = [organizationId: string, from: Date, to: Date];

const MAX_RATED = 50;

const GIVEN = `suggestions where organization_id = $1
  and rated_at >= date_trunc('minute', $2::timestamptz) and rated_at < $3`;

const COUNT = statement<Scope, RatingTotals>(
  "suggestions.countRatings",
  `select count(*) filter (where rating_good)::int as good,
     count(*) filter (where not rating_good)::int as bad
   from ${GIVEN}`,
  LONG,
);

const NEWEST = statement<[...Scope, limit: number], Suggestion>(
  "suggestions.rated",
  `select ${SUGGESTION_COLUMNS} from ${GIVEN} order by rated_at desc, id desc limit $4`,
);

/** Counts the ratings that people gave in a period, whatever became of the suggestions. */
export async function countRatings(
  { db }: Services,
  { organizationId }: Caller,
  { from, to }: Period,
): Promise<RatingTotals> {
  const [totals] = await db.run(COUNT, organizationId, from, to);
  return totals ?? { good: 0, bad: 0 };
}

/** Finds the suggestions that people rated in a period, at most 50, newest rating first. */
export function findRated(
  { db }: Services,
  { organizationId }: Caller,
  { from, to }: Period,
): Promise<Suggestion[]> {
  return db.run(NEWEST, organizationId, from, to, MAX_RATED);
}
