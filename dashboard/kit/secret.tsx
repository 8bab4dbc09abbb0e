import { Button, CopyButton, Group, Stack, Text } from "@mantine/core";

/** A secret that is shown only once, with a button that copies it. */
export function Secret({ secret, onDone }: {
  readonly secret: string;
  readonly onDone: () => void;
}) {
  return (
    <Stack gap="sm">
      <Text>Copy the secret now. It is shown only this once.</Text>
      <code className="secret">{secret}</code>
      <Group justify="flex-end">
        <CopyButton value={secret}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? "Copied" : "Copy"}</Button>}
        </CopyButton>
        <Button variant="default" onClick={onDone}>Done</Button>
      </Group>
    </Stack>
  );
}
