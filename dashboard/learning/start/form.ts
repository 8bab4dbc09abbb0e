import type { StartLearningInput } from "../operations.ts";

/** Form of a new learning run. */
export interface StartForm {
  readonly mails: "all" | "since" | "chosen";
  /** Local date: "2026-01-31". */
  readonly since: string;
  /** Ids of the chosen mails. */
  readonly chosen: ReadonlySet<string>;
  readonly relearn: boolean;
  /** Local time; null: now. */
  readonly runAt: string | null;
  /** As it was typed. */
  readonly priority: number | string;
}

/** Maximum number of mails that can be chosen for one run. */
export const MAX_CHOSEN = 1_000;

/** The form before it is filled in: all mails, now. */
export const EMPTY_FORM: StartForm = {
  mails: "all",
  since: "",
  chosen: new Set(),
  relearn: false,
  runAt: null,
  priority: 0,
};

/** The mails that a form selects; null if none or too many are chosen. */
export function selectionOf(
  { mails, since, chosen, relearn }: StartForm,
): StartLearningInput | null {
  switch (mails) {
    case "all":
      return { relearn };
    case "since":
      return since === "" ? null : { relearn, since: new Date(`${since}T00:00`).toISOString() };
    case "chosen":
      return chosen.size === 0 || chosen.size > MAX_CHOSEN
        ? null
        : { relearn, emailIds: [...chosen] };
  }
}

/** Input of a form; null if it is incomplete. */
export function inputOf(form: StartForm): StartLearningInput | null {
  const { runAt, priority } = form;
  const selection = selectionOf(form);
  if (selection === null || runAt === "") return null;
  return {
    ...selection,
    ...(runAt !== null && { runAt: new Date(runAt).toISOString() }),
    priority: Number(priority),
  };
}
