import { Table } from "@mantine/core";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { formatCount } from "../../kit/format.ts";
import { PageLink } from "../../kit/links.tsx";
import { RelativeTime } from "../../kit/relative_time.tsx";
import { TrialsQuery } from "./operations.ts";
import { similarityText, TrialState } from "./trial_state.tsx";

/** Newest trials of the versions of a prompt; nothing without any. */
export function PromptTrials({ promptId }: { readonly promptId: string }) {
  const [{ data, error }, read] = useQuery({
    query: TrialsQuery,
    variables: { id: promptId },
    requestPolicy: "cache-and-network",
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  const { nodes = [], totalCount = null } = data?.prompt?.trials ?? {};
  if (nodes.length === 0) return null;
  return (
    <section aria-label="Trials">
      <h2>Trials</h2>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {nodes.map((trial) => (
            <Table.Tr key={trial.id}>
              <Table.Td>
                <PageLink to={`/prompts/trials/${trial.id}`}>
                  Version {trial.prompt.version}
                </PageLink>
              </Table.Td>
              <Table.Td>
                <TrialState {...trial} />
              </Table.Td>
              <Table.Td className="dimmed">
                {similarityText(trial.meanSimilarity)} <RelativeTime at={trial.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {totalCount !== null && totalCount > nodes.length && (
        <p className="dimmed">The newest {nodes.length} of {formatCount(totalCount)} trials.</p>
      )}
    </section>
  );
}
