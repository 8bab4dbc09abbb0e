import { Table } from "@mantine/core";
import { formatCount } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import type { PromptDetail } from "./operations.ts";
import { PromptOrigin, PromptState } from "./prompt_state.tsx";

/** Versions of a prompt, latest first. */
export function PromptVersions({ prompt }: { readonly prompt: PromptDetail }) {
  const { nodes, totalCount } = prompt.versions;
  return (
    <section aria-label="Versions">
      <h2>Versions</h2>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {nodes.map((version) => (
            <Table.Tr key={version.id} data-open={version.id === prompt.id || undefined}>
              <Table.Td className="numbers">
                <PageLink
                  to={`/prompts/${version.id}`}
                  aria-current={version.id === prompt.id ? "page" : undefined}
                >
                  Version {version.version}
                </PageLink>
              </Table.Td>
              <Table.Td>{version.active && <PromptState active />}</Table.Td>
              <Table.Td>
                <PromptOrigin {...version} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {totalCount !== null && totalCount > nodes.length && (
        <p className="dimmed">The latest {nodes.length} of {formatCount(totalCount)} versions.</p>
      )}
    </section>
  );
}
