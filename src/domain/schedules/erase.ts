import { eraserByIds, eraserOfRows } from "../eraser.ts";

/** Erases schedules, with their fires. */
export const schedulesEraser = eraserByIds("schedules.erase", "schedules");

/** Erases the fires of built-in schedules that covered the organization only. */
export const firesEraser = eraserOfRows("schedules.eraseFires", "schedule_fires");
