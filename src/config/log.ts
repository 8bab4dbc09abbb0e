import { z } from "zod";

const LEVELS = ["trace", "debug", "info", "warning", "error", "fatal"] as const;

type Level = (typeof LEVELS)[number];

interface Levels {
  readonly level: Level;
  /** Levels of single categories, where they differ from `level`: { worker: "debug" }. */
  readonly categories: Readonly<Record<string, Level>>;
}

/** Levels and format of the log. */
export const log = z.object({
  LOG_LEVEL: z.string().transform(parseLevels).default({ level: "info", categories: {} }),
  LOG_FORMAT: z.enum(["text", "json"], "expected text or json").nullable().default(null),
}).transform(({ LOG_LEVEL, LOG_FORMAT }) => ({
  log: {
    ...LOG_LEVEL,
    /** Null: text on a terminal, else JSON lines. */
    format: LOG_FORMAT,
  },
}));

// "info,worker=debug": one level for all categories, and others for single ones.
function parseLevels(text: string, context: z.RefinementCtx<string>): Levels {
  let level: Level = "info";
  const categories: Record<string, Level> = {};
  for (const part of text.split(",").map((part) => part.trim())) {
    const [, category, name] = /^(?:([\w.]+)=)?(\w+)$/.exec(part) ?? [];
    const parsed = LEVELS.find((candidate) => candidate === name?.toLowerCase());
    if (!parsed) {
      const message = `expected levels (${
        LEVELS.join(", ")
      }) like info,worker=debug; got "${part}"`;
      context.addIssue({ code: "custom", message });
    } else if (category) categories[category] = parsed;
    else level = parsed;
  }
  return { level, categories };
}
