import { useLocation } from "@tanstack/react-router";
import { PageLink } from "../kit/links.tsx";
import { SCREENS } from "../screens.ts";
import { useViewer } from "./viewer.tsx";

/** Entries of the screens that the caller may open. */
export function Rail() {
  const { role } = useViewer();
  const { pathname } = useLocation();
  return (
    <nav aria-label="Screens">
      {SCREENS.filter(({ roles }) => roles.includes(role)).map((
        { path, label, icon: Symbol, Count },
      ) => (
        <PageLink
          key={path}
          to={path}
          className="rail-entry"
          underline="never"
          aria-current={pathname === path || pathname.startsWith(`${path}/`) ? "page" : undefined}
        >
          <Symbol size={17} stroke={1.7} aria-hidden />
          <span>{label}</span>
          {Count && (
            <span className="rail-count numbers">
              <Count />
            </span>
          )}
        </PageLink>
      ))}
    </nav>
  );
}
