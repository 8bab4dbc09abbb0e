import { Button, Group, Skeleton, Switch, Table, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useQuery } from "urql";
import { isFailure, useAction } from "../kit/action.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatEnum } from "../kit/format.ts";
import { PageHead } from "../kit/page_head.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";
import {
  ADMIN_TOPICS,
  type Settings,
  SettingsQuery,
  TOPIC_TEXTS,
  UpdateSettings,
} from "./settings.ts";

/** Settings of notifications: topics, and the address for mails. */
export default function SettingsPage() {
  const [{ data, error }, read] = useQuery({ query: SettingsQuery });
  return (
    <>
      <PageHead title="Notification settings">
        <CopyGraphQL operation={SettingsQuery} variables={{}} />
      </PageHead>
      <div className="page notification-settings">
        {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
        {!error && !data && <Skeleton height={240} />}
        {data && (
          <>
            <Topics settings={data.viewer} />
            <Address settings={data.viewer} />
          </>
        )}
      </div>
    </>
  );
}

function Topics({ settings }: { readonly settings: Settings }) {
  const isAdmin = useIsAdmin();
  const update = useAction(UpdateSettings, (data) => data.updateNotificationSettings);
  const { notificationSettings, notificationAddress } = settings;
  const shown = notificationSettings.filter(({ topic }) => isAdmin || !ADMIN_TOPICS.has(topic));
  return (
    <>
      <Table verticalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Topic</Table.Th>
            <Table.Th>In the dashboard</Table.Th>
            <Table.Th>By mail</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map(({ topic, inApp, byMail }) => (
            <Table.Tr key={topic}>
              <Table.Td>
                <strong>{formatEnum(topic)}</strong>
                <div className="dimmed">{TOPIC_TEXTS[topic]}</div>
              </Table.Td>
              <Table.Td>
                <Switch
                  aria-label={`${formatEnum(topic)} in the dashboard`}
                  checked={inApp}
                  disabled={update.running}
                  onChange={() => update.run({ input: [{ topic, inApp: !inApp, byMail }] })}
                />
              </Table.Td>
              <Table.Td>
                <Switch
                  aria-label={`${formatEnum(topic)} by mail`}
                  checked={byMail}
                  disabled={update.running}
                  onChange={() => update.run({ input: [{ topic, inApp, byMail: !byMail }] })}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {update.failure && <ErrorNotice reason={update.failure.reason} />}
      {notificationAddress === null && shown.some(({ byMail }) => byMail) && (
        <p role="alert" className="no-address">
          Nothing is mailed, because no address is known. Enter one below.
        </p>
      )}
    </>
  );
}

function Address({ settings }: { readonly settings: Settings }) {
  const isAdmin = useIsAdmin();
  const update = useAction(UpdateSettings, (data) => data.updateNotificationSettings);
  const [address, setAddress] = useState(settings.notificationEmail ?? "");
  const [saved, setSaved] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const email = address.trim() || null;
    setSaved(!isFailure(await update.run({ input: [], email })));
  }

  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        type="email"
        label="Address for mails"
        description={isAdmin
          ? "Empty: the address of the organization's administrators. The first notification is mailed at once, further ones together after ten minutes."
          : "The first notification is mailed at once, further ones together after ten minutes."}
        placeholder={settings.notificationAddress ?? undefined}
        value={address}
        error={update.issueOf("email")}
        onChange={(event) => {
          setSaved(false);
          setAddress(event.currentTarget.value);
        }}
      />
      {update.failure && !update.failure.issues && <ErrorNotice reason={update.failure.reason} />}
      <Group mt="xs">
        <Button type="submit" loading={update.running}>Save</Button>
        {saved && <span role="status">Saved</span>}
      </Group>
    </form>
  );
}
