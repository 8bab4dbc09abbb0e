import type { SkippedCount } from "../../src/domain/skipped.ts";
import { builder } from "./builder.ts";

export const SkippedCountObject = builder.objectRef<SkippedCount>("SkippedCount").implement({
  description: "Number of items that an action did not change, for one reason.",
  fields: (t) => ({
    reason: t.exposeString("reason", { description: "Explanation in English." }),
    count: t.exposeInt("count", { description: "Number of items." }),
  }),
});
