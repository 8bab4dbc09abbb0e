import { Button } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { Split } from "../kit/split.tsx";
import { useViewer } from "../shell/viewer.tsx";
import { ImportDialog } from "./import_dialog.tsx";
import { LearnedPanel } from "./learned_panel.tsx";
import { LearnedQuery } from "./operations.ts";
import { ReloadRuns } from "./reload_runs.ts";
import { RUN_COLUMNS } from "./run_columns.tsx";
import { isUnfinished, RUNS, RunsQuery } from "./run_fields.ts";
import { RunNotice } from "./run_notice.tsx";
import { StartButton } from "./start/start_button.tsx";
import { StartDialog } from "./start/start_dialog.tsx";
import "./learning.css";

/** Learned style and topics, and the learning runs, with the open one beside them. */
export default function LearningPage() {
  const navigate = useNavigate();
  const { userId } = useViewer();
  const { id } = useParams({ strict: false });
  const list = useLiveList(RUNS, {});
  const [{ data }, readLearned] = useQuery({ query: LearnedQuery });
  const [dialog, setDialog] = useState<"start" | "import" | null>(null);
  const learned = data?.knowledge;
  const runs = [...list.fresh, ...list.rows];
  const own = runs.filter(({ startedBy }) => startedBy === userId);
  const active = own.find(isUnfinished);
  const [newest] = own;
  const rereadLearned = () => readLearned({ requestPolicy: "network-only" });
  const endedAt = newest?.finishedAt;
  useEffect(() => {
    if (endedAt) rereadLearned();
  }, [endedAt]);

  const importButton = (
    <Button
      size="compact-md"
      variant="default"
      leftSection={<IconUpload size={15} />}
      onClick={() => setDialog("import")}
    >
      Import an mbox …
    </Button>
  );
  return (
    <ReloadRuns value={list.reload}>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/learning" })}
        detail={<Outlet />}
      >
        <PageHead title="Learning">
          <CopyGraphQL operation={RunsQuery} variables={{}} />
          {importButton}
          <StartButton
            learned={learned}
            active={active}
            onStart={() => setDialog("start")}
          />
        </PageHead>
        {newest && <RunNotice key={newest.id} run={active ?? newest} />}
        {learned && <LearnedPanel learned={learned} />}
        <List
          label="Learning runs"
          list={list}
          columns={RUN_COLUMNS}
          openId={id}
          pageOf={(row) => ({ to: `/learning/${row.id}` })}
          empty={
            <Empty title="Nothing was learned yet" action={importButton}>
              The model learns the style of your mails, their topics, and answers to questions, so
              that suggested replies read like yours. Import the mails that you have sent, as an
              mbox of your mail program, then start learning.
            </Empty>
          }
        />
      </Split>
      <ImportDialog
        opened={dialog === "import"}
        onClose={() => setDialog(null)}
        onImported={rereadLearned}
        onLearn={() => setDialog("start")}
      />
      <StartDialog
        opened={dialog === "start"}
        onClose={() => setDialog(null)}
        onStarted={(runId) => {
          setDialog(null);
          list.reload();
          navigate({ to: `/learning/${runId}`, search: { progress: "open" } });
        }}
      />
    </ReloadRuns>
  );
}
