import { createContext, useContext } from "react";
import { graphql, type ResultOf } from "../api/graphql.ts";

/** Reads the signed-in caller. */
export const ViewerQuery = graphql(`
  query Viewer {
    viewer { id role userId organization { id name } }
  }
`);

/** The signed-in caller. */
export type Viewer = ResultOf<typeof ViewerQuery>["viewer"];

/** Role of a caller. */
export type Role = Viewer["role"];

/** Provided by the shell once the caller is known. */
export const ViewerContext = createContext<Viewer | null>(null);

/** The signed-in caller. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error("useViewer() is used outside the shell");
  return viewer;
}

/** True for ADMIN and OPERATOR. Actions of other roles are hidden, because they would be refused. */
export function useIsAdmin(): boolean {
  const { role } = useViewer();
  return role !== "MEMBER";
}
