import { createStore } from "../api/store.ts";

/** True once the palette was asked for; its code is loaded then. */
export const wantsPalette = createStore(false);

/** Opens the palette. */
export function openPalette(): void {
  wantsPalette.set(true);
  dispatchEvent(new Event("waybill:palette"));
}
