import { Button, Group, Skeleton, Table } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { Copy } from "../kit/copy.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { KINDS } from "./kinds.ts";
import { DeleteInboundSecret, type InboundRoute, InboundRoutesQuery } from "./operations.ts";
import { SecretDialog } from "./secret_dialog.tsx";

/** Inbound webhooks of the caller's organization: their addresses, and their secrets. */
export function InboundRoutes() {
  const [{ data, error }, read] = useQuery({ query: InboundRoutesQuery });
  const remove = useAction(DeleteInboundSecret, (result) => result.deleteInboundSecret);
  const [editing, setEditing] = useState<InboundRoute | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);

  function askToDelete({ kind }: InboundRoute) {
    setQuestion({
      title: `Delete the secret of “${KINDS[kind].title}”?`,
      body: "Requests to its address are answered with 404 at once. This cannot be undone.",
      action: "Delete the secret",
      danger: true,
      run: async () => failureOf(await remove.run({ kind })),
    });
  }

  return (
    <section aria-label="Inbound webhooks">
      <Group justify="space-between">
        <h3>Inbound webhooks</h3>
        <CopyGraphQL operation={InboundRoutesQuery} variables={{}} />
      </Group>
      {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {!error && !data && <Skeleton height={160} />}
      {data?.inboundRoutes && (
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Webhook</Table.Th>
                <Table.Th>Address</Table.Th>
                <Table.Th>Secret</Table.Th>
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.inboundRoutes.map((route) => (
                <RouteRow
                  key={route.kind}
                  route={route}
                  onEdit={() => setEditing(route)}
                  onDelete={() => askToDelete(route)}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {editing && <SecretDialog route={editing} onClose={() => setEditing(null)} />}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </section>
  );
}

function RouteRow({ route, onEdit, onDelete }: {
  readonly route: InboundRoute;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}) {
  const { title, purpose } = KINDS[route.kind];
  const url = `${globalThis.location.origin}${route.path}`;
  const hasSecret = route.secretCreatedAt !== null;
  return (
    <Table.Tr>
      <Table.Td title={purpose}>{title}</Table.Td>
      <Table.Td>
        <code>{route.path}</code> <Copy value={url} label={`address of ${title}`} />
      </Table.Td>
      <Table.Td>
        <SecretState route={route} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button size="compact-sm" variant="default" onClick={onEdit}>
            {hasSecret ? "Replace …" : "Create a secret …"}
          </Button>
          {hasSecret && (
            <Button size="compact-sm" variant="default" onClick={onDelete}>Delete …</Button>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function SecretState({ route }: { readonly route: InboundRoute }) {
  const { secretCreatedAt, secretCreatedBy, previousSecretUntil } = route;
  if (secretCreatedAt === null) return <span className="dimmed">None: answers 404</span>;
  return (
    <>
      Saved <RelativeTime at={secretCreatedAt} />
      {secretCreatedBy !== null && ` by ${secretCreatedBy}`}
      {previousSecretUntil !== null && (
        <>
          ; the previous one ends <RelativeTime at={previousSecretUntil} />
        </>
      )}
    </>
  );
}
