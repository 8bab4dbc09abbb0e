import { type Connection, statement } from "../../db/database.ts";
import { appendEvents } from "../notifications/append.ts";
import { PROBLEM_COLUMNS } from "./list.ts";
import { type Problem, titleOf } from "./problem.ts";

const READ = statement<[ids: string[]], Problem>(
  "problems.readOpened",
  `select ${PROBLEM_COLUMNS} from problems where id = any($1) order by id`,
);

/** Notifies the ADMINs of organizations of problems that are open from now on. */
export async function notifyOfProblems(
  tx: Connection,
  event: "PROBLEM_OPENED" | "PROBLEM_REOPENED",
  opened: readonly { readonly id: string }[],
): Promise<void> {
  if (opened.length === 0) return;
  const problems = await tx.run(READ, opened.map(({ id }) => id));
  await appendEvents(
    tx,
    problems.map((problem) => ({
      organizationId: problem.organizationId,
      userId: null,
      event,
      subjectId: problem.id,
      name: titleOf(problem),
      detail: problem.provider,
    })),
  );
}
