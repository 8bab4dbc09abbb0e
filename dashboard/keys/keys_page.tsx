import { Button, Skeleton, Table } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useQuery } from "urql";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatEnum } from "../kit/format.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { useViewer } from "../shell/viewer.tsx";
import { CreateKey } from "./create_key.tsx";
import { type ApiKey, ApiKeysQuery, RevokeApiKey } from "./operations.ts";

/** API keys with their roles, created and revoked here. */
export default function KeysPage() {
  const [{ data, error }, read] = useQuery({ query: ApiKeysQuery });
  const revoke = useAction(RevokeApiKey, (result) => result.revokeApiKey);
  const [question, setQuestion] = useState<Question | null>(null);
  const [creating, setCreating] = useState(false);

  function askToRevoke({ id, name, prefix }: ApiKey) {
    setQuestion({
      title: `Revoke “${name}”?`,
      body:
        `Programs that use ${prefix} are refused at once. This cannot be undone; create a new ` +
        `key instead.`,
      action: "Revoke the key",
      danger: true,
      run: async () => failureOf(await revoke.run({ id })),
    });
  }

  return (
    <>
      <PageHead title="API keys" count={data?.apiKeys.nodes.length}>
        <CopyGraphQL operation={ApiKeysQuery} variables={{}} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
          Create a key
        </Button>
      </PageHead>
      <div className="page">
        {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
        {data
          ? <Keys keys={data.apiKeys.nodes} onRevoke={askToRevoke} />
          : <Skeleton height={120} />}
      </div>
      <CreateKey
        opened={creating}
        onClose={() => setCreating(false)}
        onCreated={() => read({ requestPolicy: "network-only" })}
      />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

function Keys({ keys, onRevoke }: {
  readonly keys: readonly ApiKey[];
  readonly onRevoke: (key: ApiKey) => void;
}) {
  const { role } = useViewer();
  return (
    <Table verticalSpacing={6} className="stacked">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th>Role</Table.Th>
          <Table.Th>User</Table.Th>
          <Table.Th>Key</Table.Th>
          <Table.Th>Created</Table.Th>
          <Table.Th>Last used</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {keys.map((key) => (
          <Table.Tr key={key.id}>
            <Table.Td>
              <strong>{key.name}</strong>
            </Table.Td>
            <Table.Td>{formatEnum(key.role)}</Table.Td>
            <Table.Td data-label={key.userId === null ? undefined : "User"}>{key.userId}</Table.Td>
            <Table.Td>
              <code>{key.prefix}</code>
            </Table.Td>
            <Table.Td data-label="Created">
              <RelativeTime at={key.createdAt} />
            </Table.Td>
            <Table.Td data-label="Last used">
              {key.lastUsedAt ? <RelativeTime at={key.lastUsedAt} /> : "never"}
            </Table.Td>
            <Table.Td>
              <KeyState apiKey={key} />
            </Table.Td>
            <Table.Td className="numeric">
              {key.revokedAt === null && (key.role !== "OPERATOR" || role === "OPERATOR") && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onRevoke(key)}
                >
                  Revoke
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function KeyState({ apiKey: { revokedAt, expiresAt } }: { readonly apiKey: ApiKey }) {
  if (revokedAt !== null) {
    return (
      <span className="dimmed">
        Revoked <RelativeTime at={revokedAt} />
      </span>
    );
  }
  if (expiresAt === null) return "Active";
  const expired = new Date(expiresAt).getTime() < Date.now();
  return (
    <span className={expired ? "dimmed" : undefined}>
      {expired ? "Expired" : "Expires"} <RelativeTime at={expiresAt} />
    </span>
  );
}
