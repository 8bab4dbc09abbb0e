import { Skeleton, Tabs } from "@mantine/core";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { Suspense } from "react";
import { lazyPart } from "../kit/lazy_part.ts";
import { PageHead } from "../kit/page_head.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import DeliveriesList from "./deliveries_list.tsx";

const DeliveryAnalytics = lazyPart(() => import("./delivery_analytics.tsx"));

/** Deliveries of all messages, and their analytics. */
export default function DeliveriesPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const open = id !== undefined;
  return (
    <Split
      open={open}
      onClose={() => navigate({ to: "/deliveries", search: state })}
      detail={<Outlet />}
    >
      <PageHead title="Deliveries" />
      <Tabs
        className="tabs"
        value={state.tab ?? "list"}
        onChange={(tab) => setState({ tab: tab === "list" ? undefined : tab ?? undefined })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="list">All deliveries</Tabs.Tab>
          <Tabs.Tab value="analytics">Analytics</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="list" className="tab-panel">
          <DeliveriesList />
        </Tabs.Panel>
        <Tabs.Panel value="analytics" className="tab-panel">
          <Suspense fallback={<Skeleton height={80} m="md" width="auto" />}>
            <DeliveryAnalytics />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Split>
  );
}
