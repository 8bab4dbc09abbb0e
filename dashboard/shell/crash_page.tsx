import { Button, Code, Stack, Text, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";

/** Page of a screen that failed to render or to load; the rest of the dashboard stays usable. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  return (
    <Stack align="center" py={64} px="md" gap="xs" role="alert">
      <Title order={1} size="h3">This screen failed</Title>
      <Text maw={480} ta="center">
        Try again. If it fails repeatedly, report the text below. Nothing that was saved is lost.
      </Text>
      <Code block maw="100%">{error instanceof Error ? error.message : String(error)}</Code>
      <Button variant="default" onClick={reset}>Try again</Button>
    </Stack>
  );
}
