import { Button, Table } from "@mantine/core";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { formatCount } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";
import { sourceOf } from "./editor/draft.ts";
import { SaveTemplate, type TemplateDetail, type Version } from "./operations.ts";
import { useReloadTemplates } from "./template_list.ts";

/** Versions of a template, latest first; an earlier one can be made the latest. */
export function TemplateVersions({ template, shown, onShow, onSaved }: {
  readonly template: TemplateDetail;
  readonly shown: Version;
  readonly onShow: (version: number) => void;
  readonly onSaved: () => void;
}) {
  const { versions: { nodes, totalCount }, archivedAt } = template;
  const isAdmin = useIsAdmin();
  const reload = useReloadTemplates();
  const save = useAction(SaveTemplate, (data) => data.saveTemplate);
  const [question, setQuestion] = useState<Question | null>(null);

  function askToRestore(version: Version) {
    setQuestion({
      title: `Return to version ${version.version}?`,
      body: `Its content is saved as version ${template.version + 1}. No version is lost.`,
      action: `Save as version ${template.version + 1}`,
      run: async () => {
        const { name, version: replaces } = template;
        const reason = failureOf(
          await save.run({ input: { name, replaces, ...sourceOf(version) } }),
        );
        if (reason !== null) return reason;
        reload();
        onSaved();
        return null;
      },
    });
  }

  return (
    <section aria-label="Versions">
      <Table verticalSpacing={4} className="template-versions">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Version</Table.Th>
            <Table.Th>Subject</Table.Th>
            <Table.Th>Saved</Table.Th>
            <Table.Th aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {nodes.map((version) => (
            <Table.Tr key={version.version} data-open={version === shown || undefined}>
              <Table.Td className="numbers">
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`Show version ${version.version}`}
                  aria-pressed={version === shown}
                  onClick={() =>
                    onShow(version.version)}
                >
                  {version.version}
                </Button>
              </Table.Td>
              <Table.Td>{version.content.subject}</Table.Td>
              <Table.Td>
                <RelativeTime at={version.createdAt} /> {version.createdBy ?? ""}
              </Table.Td>
              <Table.Td>
                {isAdmin && !archivedAt && version.version !== template.version && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => askToRestore(version)}
                  >
                    Return to it
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {totalCount !== null && totalCount > nodes.length && (
        <p className="dimmed">The latest {nodes.length} of {formatCount(totalCount)} versions.</p>
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </section>
  );
}
