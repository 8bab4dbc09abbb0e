import { createContext } from "react";

/** Reads the list of runs again, so that a run that this page has started is shown at once. */
export const ReloadRuns = createContext<() => void>(() => {});
