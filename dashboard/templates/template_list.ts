import { createContext, useContext } from "react";

/** Reads the list of templates again; provided by the list for the page of a template beside it. */
export const ReloadTemplates = createContext<() => void>(() => {});

/** Reads the list of templates again after a change. */
export function useReloadTemplates(): () => void {
  return useContext(ReloadTemplates);
}
