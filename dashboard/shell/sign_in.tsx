import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { checkKey } from "../api/check_key.ts";
import { session, signIn } from "../api/session.ts";
import { useStore } from "../api/store.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";

/** Asks for an API key, and shows the reason why a session ended or a key is refused. */
export function SignIn() {
  const { ended } = useStore(session);
  const [key, setKey] = useState("");
  const [reason, setReason] = useState<string | null>(null);
  const [checking, setChecking] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const text = key.trim().replace(/^Bearer\s+/i, "");
    if (text === "") return setReason("Enter an API key.");
    setChecking(true);
    const check = await checkKey(text);
    setChecking(false);
    if (check.accepted) signIn(text);
    else setReason(check.reason);
  }

  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w={420} maw="100%">
        <form onSubmit={submit} noValidate>
          <Stack>
            <Title order={1} size="h3">Sign in to Waybill</Title>
            {ended && reason === null && <ErrorNotice reason={ended} />}
            <PasswordInput
              label="API key"
              description="Kept until this tab and those opened from it are closed."
              placeholder="wb_…"
              autoComplete="current-password"
              value={key}
              error={reason}
              onChange={(event) => {
                setKey(event.currentTarget.value);
                setReason(null);
              }}
              data-autofocus
              autoFocus
            />
            <Button type="submit" loading={checking}>Sign in</Button>
            <Text size="sm" c="dimmed">
              The first start of the server prints an operator's key and a link that signs you in.
              Colleagues get keys from an administrator, under API keys.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
