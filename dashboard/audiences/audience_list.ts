import { createContext, useContext } from "react";

/** Reads the list of audiences again; provided by the list for the page of an audience beside it. */
export const ReloadAudiences = createContext<() => void>(() => {});

/** Reads the list of audiences again after a change. */
export function useReloadAudiences(): () => void {
  return useContext(ReloadAudiences);
}
