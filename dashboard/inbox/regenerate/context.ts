import { createContext } from "react";
import type { ThreadRow } from "../thread_fields.ts";

/** The dialog that regenerates replies. */
export interface Regenerating {
  /** Number of threads that are selected in the list; if any, the key r regenerates their replies. */
  readonly selectedCount: number;
  /** Asks for an instruction, and regenerates the replies of threads. */
  readonly ask: (threads: readonly ThreadRow[]) => void;
}

/** Provided by the page of the inbox. */
export const RegenerateContext = createContext<Regenerating>({ selectedCount: 0, ask: () => {} });
