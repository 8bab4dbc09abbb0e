import { createStore } from "./store.ts";

const STORAGE_KEY = "waybill.key";
const FRAGMENT = "#key=";

/** The API key of this tab, and the reason why an earlier one ended. */
export interface SessionState {
  readonly key: string | null;
  /** Shown on the sign-in page; null after a sign-out by the user. */
  readonly ended: string | null;
  /** Number of times that the connection was reopened after it had ended. */
  readonly restarts: number;
}

/** Session of this tab. The key is kept in sessionStorage until the tab is closed. */
export const session = createStore<SessionState>({ key: takeKey(), ended: null, restarts: 0 });

// The key of a first-start link is removed from the address at once, so that it enters no history.
function takeKey(): string | null {
  if (location.hash.startsWith(FRAGMENT)) {
    sessionStorage.setItem(STORAGE_KEY, decodeURIComponent(location.hash.slice(FRAGMENT.length)));
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(STORAGE_KEY);
}

/** Starts a session with a key that the server has accepted. */
export function signIn(key: string): void {
  sessionStorage.setItem(STORAGE_KEY, key);
  session.set({ key, ended: null, restarts: 0 });
}

/**
 * Ends the session.
 *
 * @param ended reason for the sign-in page; absent if the user signed out
 */
export function signOut(ended: string | null = null): void {
  // A draft is kept for the same user, who signs in again with another key.
  if (ended === null) sessionStorage.clear();
  else sessionStorage.removeItem(STORAGE_KEY);
  session.set({ key: null, ended, restarts: 0 });
}

/** Reopens the connection of the session; without effect after its end. */
export function restartSession(): void {
  const { key, ended, restarts } = session.get();
  if (key !== null) session.set({ key, ended, restarts: restarts + 1 });
}
