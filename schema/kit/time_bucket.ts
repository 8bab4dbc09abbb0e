import { builder } from "./builder.ts";

export const TimeBucket = builder.enumType("TimeBucket", {
  description: "Length of the intervals of a series.",
  values: {
    MINUTE: { description: "One minute." },
    HOUR: { description: "One hour." },
    DAY: { description: "One day, from midnight to midnight in the time zone." },
  },
});

/** Arguments of a field with results over time. */
export const seriesArgs = builder.args((t) => ({
  bucket: t.field({ type: TimeBucket, required: true, description: "Length of the intervals." }),
  timezone: t.string({
    defaultValue: "UTC",
    description: "IANA time zone that hours and days start in: Europe/Berlin.",
  }),
}));
