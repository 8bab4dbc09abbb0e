import { Button, Menu } from "@mantine/core";
import {
  IconChevronDown,
  IconLockOpen,
  IconMailForward,
  IconPlayerPlay,
} from "@tabler/icons-react";
import { useState } from "react";
import { CostEstimate } from "../ai_usage/cost_estimate.tsx";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { ProcessQuotes, ReleaseStaleLocks } from "./operations.ts";
import { RetryMailsDialog } from "./retry_mails_dialog.tsx";

const PROCESSED_AT_ONCE = 20;

/** Actions on many quotes: process those that wait, retry mails, release stale locks. */
export function QuotesActions() {
  const process = useAction(ProcessQuotes, (data) => data.processQuotes);
  const release = useAction(ReleaseStaleLocks, (data) => data.releaseStaleLocks);
  const [result, setResult] = useState<string | null>(null);
  const [retrying, setRetrying] = useState(false);
  const failure = process.failure ?? release.failure;

  async function processPending() {
    const done = await process.run({ input: { limit: PROCESSED_AT_ONCE } });
    if (isFailure(done)) return;
    setResult(
      done.quotes.length === 0
        ? "No quote is pending."
        : `${formatNumberOf(done.quotes.length, "quote")} started.`,
    );
  }

  async function releaseLocks() {
    const done = await release.run({});
    if (isFailure(done)) return;
    setResult(
      done.quotes.length === 0
        ? "No lock is stale."
        : `${formatNumberOf(done.quotes.length, "lock")} released.`,
    );
  }

  return (
    <>
      {failure && <ErrorNotice reason={failure.reason} />}
      <span role="status" className="dimmed">{result}</span>
      {/* Without the placeholder, which is no menu item, the first item gets the focus. */}
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            size="compact-md"
            variant="default"
            rightSection={<IconChevronDown size={14} />}
            loading={process.running || release.running}
          >
            Actions
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={processPending}>
            Process up to {PROCESSED_AT_ONCE} pending quotes{" "}
            <CostEstimate kind="QUOTE" callCount={PROCESSED_AT_ONCE} />
          </Menu.Item>
          <Menu.Item leftSection={<IconMailForward size={15} />} onClick={() => setRetrying(true)}>
            Retry failed mails …
          </Menu.Item>
          <Menu.Item leftSection={<IconLockOpen size={15} />} onClick={releaseLocks}>
            Release stale locks
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RetryMailsDialog opened={retrying} onClose={() => setRetrying(false)} />
    </>
  );
}
