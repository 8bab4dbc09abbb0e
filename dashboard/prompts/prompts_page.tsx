import { Skeleton, Table } from "@mantine/core";
import { useQuery } from "urql";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { PromptsQuery } from "./operations.ts";
import { PromptOrigin } from "./prompt_state.tsx";
import { purposeOf, titleOf } from "./prompt_words.ts";

/** Prompts with their active versions. */
export default function PromptsPage() {
  const [{ data, error }, read] = useQuery({
    query: PromptsQuery,
    requestPolicy: "cache-and-network",
  });
  return (
    <>
      <PageHead title="Prompts">
        <CopyGraphQL operation={PromptsQuery} variables={{}} />
      </PageHead>
      {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {!data && !error && <Skeleton height={120} m="md" width="auto" />}
      {data?.prompts && (
        <div className="page">
          <p className="dimmed">
            Instructions for the language model. Each change is a version of its own; the active one
            is used, and every result names the version that made it.
          </p>
          <Table verticalSpacing="xs" aria-label="Prompts">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Prompt</Table.Th>
                <Table.Th>Active version</Table.Th>
                <Table.Th className="numbers">Versions</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.prompts.map((prompt) => (
                <Table.Tr key={prompt.name}>
                  <Table.Td>
                    <PageLink to={`/prompts/${prompt.id}`}>{titleOf(prompt.name)}</PageLink>
                    <div className="dimmed">{purposeOf(prompt.name)}</div>
                  </Table.Td>
                  <Table.Td>
                    <span className="numbers">{prompt.version}</span> <PromptOrigin {...prompt} />
                  </Table.Td>
                  <Table.Td className="numbers">
                    {formatCount(prompt.versions.totalCount ?? prompt.version)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </>
  );
}
