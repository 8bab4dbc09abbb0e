import { createContext } from "react";
import type { ThreadRow } from "../thread_fields.ts";

/** The dialog that has replies written anew. */
export interface Regenerating {
  /** Number of threads that are selected in the list, which the key r is about then. */
  readonly selectedCount: number;
  /** Asks for an instruction, and has the replies of threads written anew. */
  readonly ask: (threads: readonly ThreadRow[]) => void;
}

/** Provided by the page of the inbox. */
export const RegenerateContext = createContext<Regenerating>({ selectedCount: 0, ask: () => {} });
