import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery, useSubscription } from "urql";
import { JobData } from "../jobs/job_data.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatEnum } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { FireHistory } from "./fire_history.tsx";
import { NextTicks } from "./next_ticks.tsx";
import { ScheduleActions } from "./schedule_actions.tsx";
import { type ScheduleDetail, ScheduleQuery, ScheduleUpdated } from "./schedule_fields.ts";
import { ScheduleState } from "./schedule_state.tsx";

/** Page of a schedule: its next ticks, its history and its actions, all live. */
export default function SchedulePage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenSchedule key={id} id={id} />;
}

function OpenSchedule({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: ScheduleQuery, variables: { id } });
  useSubscription({
    query: ScheduleUpdated,
    variables: { id },
    pause: data?.schedule == null,
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!data.schedule) return <MissingPage noun="schedule" />;
  return <Content schedule={data.schedule} />;
}

function Content({ schedule }: { readonly schedule: ScheduleDetail }) {
  const { id, name, description, kind, payload, words, cron, timezone, enabled } = schedule;
  const [last] = schedule.recentFires;
  return (
    <>
      <PageHead title={name}>
        <ScheduleActions schedule={schedule} />
      </PageHead>
      <div className="page">
        <div className="object-state">
          <ScheduleState enabled={enabled} />
          <span className="dimmed">
            {kind && formatEnum(kind)}, {schedule.builtIn ? "built in" : "of the organization"}
          </span>
          <Id id={id} />
        </div>
        {description && <p>{description}</p>}
        <p>
          <strong>{words}</strong>
          {cron !== null && (
            <>
              {" "}
              <code>{cron}</code> <span className="dimmed">{timezone}</span>
            </>
          )}
        </p>
        <NextTicks ticks={schedule.nextTicks} timezone={timezone} />
        {Object.keys(payload).length > 0 && <JobData title="Payload" value={payload} />}
        {/* The history is read again after each fire and outcome. */}
        <FireHistory id={id} version={`${last?.nominalAt} ${last?.outcome}`} />
      </div>
    </>
  );
}
