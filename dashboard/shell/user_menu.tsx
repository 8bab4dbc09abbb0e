import { Avatar, Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import {
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
  IconTerminal2,
} from "@tabler/icons-react";
import { signOut } from "../api/session.ts";
import { formatEnum } from "../kit/format.ts";
import { useViewer } from "./viewer.tsx";

/** The caller, theme, help and sign-out. */
export function UserMenu({ onHelp }: { readonly onHelp: () => void }) {
  const { role, userId, organization } = useViewer();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const initials = (userId ?? role).slice(0, 2).toUpperCase();
  const themes = [
    ["light", "Light", IconSun],
    ["dark", "Dark", IconMoon],
    ["auto", "As the system", IconDeviceDesktop],
  ] as const;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`${initials}: your account`}>
          <Avatar size={28} radius="xl" color="ink" variant="filled">
            {initials}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="menu-head">
          <strong>{userId ?? `${formatEnum(role)} key`}</strong>
          <span>{formatEnum(role)} of {organization.name}</span>
        </div>
        <Menu.Divider />
        {themes.map(([scheme, label, Symbol]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Symbol size={15} />}
            onClick={() => setColorScheme(scheme)}
            aria-current={colorScheme === scheme || undefined}
            rightSection={colorScheme === scheme ? "✓" : null}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconKeyboard size={15} />}
          rightSection={<kbd>?</kbd>}
          onClick={onHelp}
        >
          Keys
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTerminal2 size={15} />}
          component="a"
          href="/graphql"
          target="_blank"
        >
          GraphiQL
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
