import { Button, Group, Modal, NumberInput, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { type ProviderState, UpdateProvider } from "./operations.ts";

/** Dialog that replaces the credentials of a provider, or changes its limit. Nothing secret is shown. */
export function ProviderSettings({ provider, onClose }: {
  /** Null: closed. */
  readonly provider: ProviderState | null;
  readonly onClose: () => void;
}) {
  return (
    <Modal opened={provider !== null} onClose={onClose} title={provider?.name} centered>
      {provider && (
        <Stack gap="lg">
          <Credentials provider={provider} />
          {provider.channel !== null && <RateLimit provider={provider} />}
        </Stack>
      )}
    </Modal>
  );
}

const SECRET_LABELS = { EMAIL: "Password", MESSENGER: "Access token", MODEL: "API key" };

function Credentials({ provider: { id, channel } }: { readonly provider: ProviderState }) {
  const update = useAction(UpdateProvider, (data) => data.updateProvider);
  const [user, setUser] = useState("");
  const [secret, setSecret] = useState("");
  const [done, setDone] = useState<string | null>(null);
  const isEmail = channel === "EMAIL";

  async function save(input: Parameters<typeof update.run>[0]["input"], what: string) {
    setDone(null);
    const result = await update.run({ id, input });
    if (isFailure(result)) return;
    setUser("");
    setSecret("");
    const resumed = `${formatNumberOf(result.resumedCount, "message")} resumed.`;
    setDone(channel === null ? what : `${what} ${resumed}`);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    save(isEmail ? { user, password: secret } : { accessToken: secret }, "Credentials replaced.");
  }

  const issueOf = (field: string) =>
    update.failure?.issues?.find(({ path }) => path.includes(field))?.message;
  const known = issueOf("user") ?? issueOf("password") ?? issueOf("accessToken");
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <p className="dimmed">
          New credentials take effect in all processes at once; messages and jobs that wait because
          of the old ones continue. The current ones are never shown.
        </p>
        {isEmail && (
          <TextInput
            label="User"
            autoComplete="off"
            value={user}
            error={issueOf("user")}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={SECRET_LABELS[channel ?? "MODEL"]}
          autoComplete="new-password"
          value={secret}
          error={issueOf(isEmail ? "password" : "accessToken")}
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
        {update.failure && !known && <ErrorNotice reason={update.failure.reason} />}
        {done && <p role="status">{done}</p>}
        <Group justify="flex-end">
          <Button
            variant="subtle"
            disabled={update.running}
            onClick={() =>
              save(
                isEmail ? { user: null, password: null } : { accessToken: null },
                "Configured credentials restored.",
              )}
          >
            Use the configured credentials
          </Button>
          <Button type="submit" loading={update.running} disabled={secret === ""}>
            Replace
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function RateLimit({ provider: { id, perSecondLimit } }: { readonly provider: ProviderState }) {
  const update = useAction(UpdateProvider, (data) => data.updateProvider);
  const [limit, setLimit] = useState<number | null>(perSecondLimit);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        update.run({ id, input: { perSecondLimit: limit } });
      }}
    >
      <Group align="end" gap="xs">
        <NumberInput
          label="Limit in messages per second"
          description="Of all processes together; empty: the configured limit"
          min={0}
          placeholder="As configured"
          value={limit ?? ""}
          onChange={(value) => setLimit(value === "" ? null : Number(value))}
          error={update.failure?.issues?.[0]?.message ?? update.failure?.reason}
        />
        <Button
          type="submit"
          variant="default"
          disabled={limit === perSecondLimit}
          loading={update.running}
        >
          Save
        </Button>
      </Group>
    </form>
  );
}
