import { eraserByIds } from "../eraser.ts";

/** Erases the suppression list. */
export const suppressionsEraser = eraserByIds("suppressions.erase", "suppressions", {
  countLabel: "suppressions.countAll",
});
