import { Skeleton } from "@mantine/core";
import { PageHead } from "../../kit/page_head.tsx";
import { useUrlState } from "../../kit/url_state.ts";
import { MissingPage } from "../../shell/missing_page.tsx";
import { useIsAdmin } from "../../shell/viewer.tsx";
import { useJobKinds } from "../job_kinds.ts";
import { KindSelect } from "./kind_select.tsx";
import { StartForm } from "./start_form.tsx";

/** Starts a job of a startable kind, which is in the URL. */
export default function StartPage() {
  const [state, setState] = useUrlState();
  const isAdmin = useIsAdmin();
  const kinds = useJobKinds()?.filter(({ startable }) => startable);
  const chosen = kinds?.find(({ kind }) => kind === state.kind);
  if (!isAdmin) return <MissingPage />;
  return (
    <>
      <PageHead title="Start a job" />
      <div className="page start-job">
        {kinds
          ? (
            <KindSelect
              kinds={kinds}
              chosen={chosen}
              onChange={(kind) => setState({ kind })}
            />
          )
          : <Skeleton height={60} />}
        {chosen && <StartForm key={chosen.kind} info={chosen} />}
      </div>
    </>
  );
}
