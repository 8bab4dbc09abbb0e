import { builder } from "./builder.ts";

export const TimeBucket = builder.enumType("TimeBucket", {
  description: "Length of the intervals of a series.",
  values: {
    MINUTE: { description: "One minute." },
    HOUR: { description: "One hour." },
    DAY: { description: "One day, from midnight to midnight in the time zone." },
  },
});
