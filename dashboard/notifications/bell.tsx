import { ActionIcon, Popover } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useState } from "react";
import { formatCount } from "../kit/format.ts";
import { Centre } from "./centre.tsx";
import { useFeed } from "./feed_context.tsx";

/** Bell in the header with the number of unread notifications, which opens the centre. */
export function Bell() {
  const { unread } = useFeed();
  const [opened, setOpened] = useState(false);
  const label = unread === 0 ? "Notifications" : `Notifications, ${formatCount(unread)} unread`;
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={380}
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          size="lg"
          className="bell"
          aria-label={label}
          title={label}
          onClick={() => setOpened(!opened)}
        >
          <IconBell size={18} aria-hidden />
          {unread > 0 && <span className="bell-count numbers">{countText(unread)}</span>}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className="centre" aria-label="Notifications">
        <Centre onClose={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function countText(unread: number): string {
  return unread > 99 ? "99+" : `${unread}`;
}
