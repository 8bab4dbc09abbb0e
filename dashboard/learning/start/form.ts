import type { StartLearningInput } from "../operations.ts";

/** Form of a new learning run. */
export interface StartForm {
  readonly mails: "all" | "since" | "chosen";
  /** Local date: "2026-01-31". */
  readonly since: string;
  /** Ids of mails, separated by spaces, commas or lines. */
  readonly ids: string;
  readonly relearn: boolean;
  /** Local time; null: now. */
  readonly runAt: string | null;
  /** As it was typed. */
  readonly priority: number | string;
}

/** The form before it is filled in: all mails, now. */
export const EMPTY_FORM: StartForm = {
  mails: "all",
  since: "",
  ids: "",
  relearn: false,
  runAt: null,
  priority: 0,
};

/** The mails that a form selects; null if they are not chosen yet. */
export function selectionOf({ mails, since, ids, relearn }: StartForm): StartLearningInput | null {
  switch (mails) {
    case "all":
      return { relearn };
    case "since":
      return since === "" ? null : { relearn, since: new Date(`${since}T00:00`).toISOString() };
    case "chosen": {
      const emailIds = ids.split(/[\s,;]+/).filter((id) => id !== "");
      return emailIds.length === 0 ? null : { relearn, emailIds };
    }
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
