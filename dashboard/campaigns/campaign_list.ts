import { createContext, useContext } from "react";

/** Reads the list of campaigns again; provided by the list for the page of a campaign beside it. */
export const ReloadCampaigns = createContext<() => void>(() => {});

/** Reads the list of campaigns again after a change. */
export function useReloadCampaigns(): () => void {
  return useContext(ReloadCampaigns);
}
