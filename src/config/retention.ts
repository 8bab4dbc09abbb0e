import { z } from "zod";
import { wholeNumber } from "./fields.ts";

/** Retention of finished jobs and deliveries. */
export const retention = z.object({
  JOB_RETENTION_COMPLETED_HOURS: wholeNumber(1, 24 * 365).default(24),
  JOB_RETENTION_FAILED_DAYS: wholeNumber(1, 3650).default(7),
  DELIVERY_RETENTION_DAYS: wholeNumber(1, 36_500).default(90),
}).transform((values) => ({
  retention: {
    completedJobsHours: values.JOB_RETENTION_COMPLETED_HOURS,
    failedJobsDays: values.JOB_RETENTION_FAILED_DAYS,
    /** Applies to sent and cancelled deliveries; failed ones are kept. */
    deliveriesDays: values.DELIVERY_RETENTION_DAYS,
  },
}));
