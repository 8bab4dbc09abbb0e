import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconBraces, IconCheck } from "@tabler/icons-react";
import { stringifyDocument, type TypedDocumentNode } from "urql";

/** Copies an operation of the page with its variables, as a command for a shell. */
export function CopyGraphQL({ operation, variables }: {
  // Any operation can be copied, so its types do not matter.
  readonly operation: TypedDocumentNode<unknown, never>;
  readonly variables: Readonly<Record<string, unknown>>;
}) {
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  return (
    <Button
      className="copy-graphql"
      aria-label={copied ? "Copied" : "Copy as GraphQL"}
      size="compact-sm"
      variant="subtle"
      leftSection={copied ? <IconCheck size={14} /> : <IconBraces size={14} />}
      // The text is made by the click, because variables may hold thousands of recipients.
      onClick={() => copy(toCommand(stringifyDocument(operation), variables))}
      title="Copies the GraphQL operation behind this view as a curl command"
    >
      {copied ? "Copied" : "Copy as GraphQL"}
    </Button>
  );
}

function toCommand(query: string, variables: Readonly<Record<string, unknown>>): string {
  const body = JSON.stringify({ query, variables }, null, 2).replaceAll("'", "'\\''");
  return `curl ${location.origin}/graphql -H "Authorization: Bearer $WAYBILL_KEY" \\
  -H 'Content-Type: application/json' -d '${body}'`;
}
