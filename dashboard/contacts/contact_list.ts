import { createContext, useContext } from "react";

/** Reads the list of contacts again; provided by the list for the page of a contact beside it. */
export const ReloadContacts = createContext<() => void>(() => {});

/** Reads the list of contacts again after a change. */
export function useReloadContacts(): () => void {
  return useContext(ReloadContacts);
}
