import { Drawer } from "@mantine/core";
import { DeliveryStory } from "./delivery_story.tsx";

/** Story of one recipient beside its list. */
export function DeliveryDrawer({ id, onClose }: {
  /** Undefined: closed. */
  readonly id: string | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title="Recipient"
    >
      {id !== undefined && <DeliveryStory key={id} id={id} />}
    </Drawer>
  );
}
