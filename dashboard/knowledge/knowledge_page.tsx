import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { ActionButton } from "../kit/action_button.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { useSelection } from "../kit/selection.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { type Decided, DecidedContext, useDecisions } from "./decisions.ts";
import { FACT_COLUMNS } from "./fact_columns.tsx";
import { FactDialog } from "./fact_dialog.tsx";
import { type FactRow, FACTS, FactsQuery, nameOf } from "./fact_fields.ts";
import { FactFilters, filterOf } from "./fact_filters.tsx";
import { NoFacts } from "./no_facts.tsx";
import { SelectedFacts } from "./selected_facts.tsx";
import { UndoDecision } from "./undo_decision.tsx";
import "./knowledge.css";

/** Facts that suggested replies use, with the open one beside them. */
export default function KnowledgePage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const { view, scope, q } = state;
  const filters = { view, scope, q };
  const filter = filterOf(filters);
  const list = useLiveList(FACTS, filter);
  const isAdmin = useIsAdmin();
  const selection = useSelection(nameOf);
  const [decided, setDecided] = useState<Decided | null>(null);
  const decisions = useDecisions(setDecided);
  const [edited, setEdited] = useState<FactRow | "new" | null>(null);
  const columns = useMemo(() => isAdmin ? [selection.column, ...FACT_COLUMNS] : FACT_COLUMNS, [
    isAdmin,
    selection.column,
  ]);

  /** The selected facts; else the one with the focus, or the open one. */
  function chosen(focused: FactRow | undefined): readonly FactRow[] {
    if (selection.rows.size > 0) return [...selection.rows.values()];
    const one = focused ?? list.rows.find((row) => row.id === id);
    return one ? [one] : [];
  }

  async function decide(
    act: (facts: readonly FactRow[]) => Promise<string | null>,
    focused: FactRow | undefined,
  ) {
    const facts = chosen(focused);
    if (facts.length > 0 && await act(facts) === null) selection.clear();
  }

  const rowKeys = isAdmin
    ? {
      a: (row: FactRow | undefined) => void decide(decisions.approve, row),
      d: (row: FactRow | undefined) => void decide(decisions.dismiss, row),
      e: (row: FactRow | undefined) =>
        setEdited(row ?? list.rows.find((row) => row.id === id) ?? null),
    }
    : undefined;
  return (
    <DecidedContext value={setDecided}>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/knowledge", search: filters })}
        detail={<Outlet />}
      >
        <PageHead title="Knowledge" count={list.totalCount}>
          <CopyGraphQL operation={FactsQuery} variables={filter} />
          {isAdmin && (
            <ActionButton icon={IconPlus} onClick={() => setEdited("new")}>
              Add a fact …
            </ActionButton>
          )}
        </PageHead>
        <FactFilters state={state} onChange={setState} />
        {decisions.reason && <ErrorNotice reason={decisions.reason} />}
        <SelectedFacts selection={selection} shown={list.rows} decisions={decisions} />
        <List
          label="Facts"
          list={list}
          columns={columns}
          openId={id}
          pageOf={(row) => ({ to: `/knowledge/${row.id}`, search: filters })}
          onToggle={isAdmin ? selection.toggle : undefined}
          rowKeys={rowKeys}
          empty={<NoFacts view={view} isFiltered={scope !== undefined || q !== undefined} />}
        />
        <FactDialog
          fact={edited}
          onClose={() => setEdited(null)}
          onSaved={(fact) => {
            if (edited === "new") navigate({ to: `/knowledge/${fact.id}`, search: filters });
          }}
        />
      </Split>
      {decided && (
        <UndoDecision
          key={`${decided.state} ${decided.facts[0]?.id}`}
          decided={decided}
          onUndone={() => void list.reload()}
          onClose={() => setDecided(null)}
        />
      )}
    </DecidedContext>
  );
}
