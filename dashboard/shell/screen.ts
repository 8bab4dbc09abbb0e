import type { Icon } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { IdPages } from "../kit/links.tsx";
import type { Role } from "./viewer.tsx";

/** A page of a screen; its code is loaded when it is opened. */
export interface ScreenRoute {
  /** "/messages", "$id": as in TanStack Router, relative to the parent. */
  readonly path: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** Shown in the `<Outlet />` of this page. */
  readonly children?: readonly ScreenRoute[];
}

/** Key, or keys that are pressed together, and its meaning. */
export type ScreenKey = readonly [keys: readonly string[], meaning: string];

/** A screen of the dashboard: an entry of the rail with its pages. */
export interface Screen {
  readonly label: string;
  readonly icon: Icon;
  /** Address of the rail entry. */
  readonly path: string;
  /** Letter that opens it after `g`; null: none. */
  readonly key: string | null;
  readonly roles: readonly Role[];
  readonly routes: readonly ScreenRoute[];
  /** Pages of objects by the prefix of their ids. */
  readonly ids?: IdPages;
  /** Keys of its pages besides those of every list, with their meanings. */
  readonly keys?: readonly ScreenKey[];
  /** Number beside the entry, only where it is worth a look; it renders nothing for zero. */
  readonly Count?: ComponentType;
}

/** All roles, for screens that every caller may open. */
export const EVERYBODY: readonly Role[] = ["OPERATOR", "ADMIN", "MEMBER"];

/** Roles that manage an organization. */
export const ADMINS: readonly Role[] = ["OPERATOR", "ADMIN"];
