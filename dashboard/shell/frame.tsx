import { AppShell, Burger, Group, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { lazyPart } from "../kit/lazy_part.ts";
import { RecentBanner } from "../notifications/banner.tsx";
import { Bell } from "../notifications/bell.tsx";
import { NotificationFeed } from "../notifications/feed_context.tsx";
import { Toasts } from "../notifications/toasts.tsx";
import { SCREENS } from "../screens.ts";
import { Help } from "./help.tsx";
import { useShellKeys } from "./keys.ts";
import { LiveState } from "./live_state.tsx";
import { MissingPage } from "./missing_page.tsx";
import { openPalette, wantsPalette } from "./palette_state.ts";
import { Rail } from "./rail.tsx";
import { UserMenu } from "./user_menu.tsx";
import { useViewer } from "./viewer.tsx";
import { useStore } from "../api/store.ts";

const Palette = lazyPart(() => import("./palette.tsx"));

const CONTENT_ID = "content";

/** Header, rail and the open screen. */
export function Frame() {
  const { organization, role } = useViewer();
  const [drawer, { toggle, close }] = useDisclosure();
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure();
  const palette = useStore(wantsPalette);
  const { pathname } = useLocation();
  const allowed = SCREENS.every(({ path, roles }) =>
    roles.includes(role) || (pathname !== path && !pathname.startsWith(`${path}/`))
  );
  useEffect(close, [pathname, close]);
  useShellKeys(openHelp);
  return (
    <NotificationFeed>
      <AppShell
        header={{ height: 48 }}
        navbar={{ width: 200, breakpoint: 900, collapsed: { mobile: !drawer } }}
        transitionDuration={0}
      >
        <AppShell.Header className="header">
          <UnstyledButton
            className="skip-link"
            onClick={() => document.getElementById(CONTENT_ID)?.focus()}
          >
            Skip to the content
          </UnstyledButton>
          <Burger
            size="sm"
            opened={drawer}
            onClick={toggle}
            aria-label="Screens"
            className="narrow-only"
          />
          <Text fw={700} className="wide-only">Waybill</Text>
          <Text truncate title={organization.name} className="organization">
            {organization.name}
          </Text>
          <UnstyledButton className="search-button" onClick={openPalette} title="Search or jump">
            <IconSearch size={15} aria-hidden />
            <span className="wide-only">Search or jump</span>
            <kbd className="wide-only">Ctrl K</kbd>
          </UnstyledButton>
          <Group gap="xs" wrap="nowrap" ml="auto">
            <LiveState />
            <Bell />
            <UserMenu onHelp={openHelp} />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar component="div" className="rail">
          <Rail />
        </AppShell.Navbar>
        <AppShell.Main className="main" id={CONTENT_ID} tabIndex={-1}>
          {allowed ? <Outlet /> : <MissingPage />}
          <RecentBanner />
        </AppShell.Main>
        <Toasts />
        <Help opened={help} onClose={closeHelp} />
        {palette && (
          <Suspense>
            <Palette />
          </Suspense>
        )}
      </AppShell>
    </NotificationFeed>
  );
}
