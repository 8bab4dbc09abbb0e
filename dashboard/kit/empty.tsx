import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** An empty list: what would be here, and the one next step. */
export function Empty({ title, children, action }: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" className="empty">
      <Title order={2} size="h4">{title}</Title>
      <Text maw={460} ta="center">{children}</Text>
      {action}
    </Stack>
  );
}
