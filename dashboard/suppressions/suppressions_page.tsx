import { Button } from "@mantine/core";
import { IconPlus, IconUpload } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { useSelection } from "../kit/selection.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { AddDialog } from "./add_dialog.tsx";
import { ImportDialog } from "./import_dialog.tsx";
import { RemoveSuppressions, SUPPRESSIONS, SuppressionsQuery } from "./operations.ts";
import { COLUMNS, nameOf } from "./suppression_columns.tsx";
import { filterOf, SuppressionFilters } from "./suppression_filters.tsx";

const MAX_REMOVED = 1_000;

/** Suppression list: addresses that get no messages, with the reason. */
export default function SuppressionsPage() {
  const [state, setState] = useUrlState();
  const isAdmin = useIsAdmin();
  const variables = { filter: filterOf(state) };
  const list = useLiveList(SUPPRESSIONS, variables);
  const remove = useAction(RemoveSuppressions, (data) => data.removeSuppressions);
  const selection = useSelection(nameOf);
  const [dialog, setDialog] = useState<"add" | "import" | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const close = () => setDialog(null);

  const columns = useMemo(
    () => isAdmin ? [selection.column, ...COLUMNS] : COLUMNS,
    [isAdmin, selection.column],
  );

  function askToRemove() {
    const rows = [...selection.rows.values()].slice(0, MAX_REMOVED);
    const entries = formatNumberOf(rows.length, "entry", "entries");
    const unwanted = rows.filter(({ reason }) => reason === "COMPLAINED").length;
    setQuestion({
      title: `Remove ${entries}?`,
      body: "Messages are sent to these addresses again, unless another entry suppresses them." +
        (unwanted > 0
          ? ` ${formatCount(unwanted)} of them reported a message as unwanted: more mail to them ` +
            "harms the reputation of your domain."
          : ""),
      action: `Remove ${entries}`,
      danger: true,
      run: async () => {
        const reason = failureOf(await remove.run({ ids: rows.map(({ id }) => id) }));
        // Also after a refusal: another person may have removed an entry.
        await list.reload();
        if (reason === null) selection.clear();
        return reason;
      },
    });
  }

  return (
    <>
      <PageHead title="Suppressions" count={list.totalCount}>
        <CopyGraphQL operation={SuppressionsQuery} variables={variables} />
        {isAdmin && (
          <>
            <Button
              variant="default"
              leftSection={<IconUpload size={16} />}
              onClick={() => setDialog("import")}
            >
              Import
            </Button>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setDialog("add")}>
              Suppress addresses
            </Button>
          </>
        )}
      </PageHead>
      <SuppressionFilters state={state} onChange={setState}>
        {selection.rows.size > 0 && (
          <Button size="compact-sm" onClick={askToRemove}>
            Remove selected ({formatCount(selection.rows.size)})
          </Button>
        )}
      </SuppressionFilters>
      <List
        label="Suppressions"
        list={list}
        columns={columns}
        onToggle={isAdmin ? selection.toggle : undefined}
        empty={Object.keys(variables.filter).length > 0
          ? <Empty title="No entry matches">Remove a filter to see more.</Empty>
          : (
            <Empty title="No address is suppressed">
              Addresses that bounce, complain or unsubscribe appear here, and no more messages are
              sent to them.
              {isAdmin && " If you come from another system, import its list before you send."}
            </Empty>
          )}
      />
      <AddDialog opened={dialog === "add"} onClose={close} onAdded={list.reload} />
      <ImportDialog opened={dialog === "import"} onClose={close} onImported={list.reload} />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
