import { ERASED_TEXT } from "../person.ts";

/**
 * Returns SQL that replaces the error messages of objects in problems, as parts of a WITH clause.
 *
 * @param ids array of the objects, for example of deliveries to a person
 */
export function eraseTexts(ids: string): string {
  return `erased_examples as (
     update problem_examples set message = '${ERASED_TEXT}' where subject_id = any(${ids})
   ),
   erased_reports as (
     update problem_reports
     set messages = array_fill('${ERASED_TEXT}'::text, array[cardinality(messages)])
     where subject_ids && ${ids}
   )`;
}
