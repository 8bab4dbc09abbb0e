import { z } from "zod";
import { longText } from "./fields.ts";

const MIN_SECRET_LENGTH = 16;

/** Secret of the requests that fire schedules from outside. Without it, `/cron` answers 404. */
export const cron = z.object({
  CRON_SECRET: longText(MIN_SECRET_LENGTH).nullable().default(null),
}).transform(({ CRON_SECRET }) => ({ cronSecret: CRON_SECRET }));
