import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { loadPart } from "../api/loading.ts";
import { SCREENS } from "../screens.ts";
import { CrashPage } from "./crash_page.tsx";
import { Frame } from "./frame.tsx";
import { MissingPage } from "./missing_page.tsx";
import type { ScreenRoute } from "./screen.ts";

const root = createRootRoute({
  component: Frame,
  notFoundComponent: () => <MissingPage />,
  errorComponent: CrashPage,
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: SCREENS[0]?.path ?? "/", replace: true });
  },
});

function routeOf(parent: AnyRoute, { path, load, children = [] }: ScreenRoute): AnyRoute {
  const route: AnyRoute = createRoute({
    getParentRoute: () => parent,
    path,
    component: lazyRouteComponent(() => loadPart(load)),
    errorComponent: CrashPage,
  });
  return route.addChildren(children.map((child) => routeOf(route, child)));
}

/** Routes of all screens. Filters are in the URL as plain text: ?status=SENT,FAILED */
export const router = createRouter({
  routeTree: root.addChildren([
    home,
    ...SCREENS.flatMap(({ routes }) => routes.map((route) => routeOf(root, route))),
  ]),
  defaultPreload: "intent",
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch(search) {
    const filled = Object.entries(search).filter(([, value]) =>
      value !== undefined && value !== ""
    );
    const text = new URLSearchParams(filled.map(([name, value]) => [name, String(value)]))
      .toString();
    return text && `?${text.replaceAll("%2C", ",")}`;
  },
});
