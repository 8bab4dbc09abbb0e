import { eraserByIds } from "../eraser.ts";

/** Erases contacts. */
export const contactsEraser = eraserByIds("contacts.erase", "contacts", {
  countLabel: "contacts.countAll",
});
