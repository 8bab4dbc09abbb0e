import { Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { formatCount } from "../../kit/format.ts";
import { BULK_VERBS } from "../bulk_action_status.tsx";
import { DEFAULT_LIMITS, LimitFields, toLimits } from "./limit_fields.tsx";
import { type BulkActionTarget, StartBulkAction } from "./operations.ts";
import { Preview, usePreview } from "./preview.tsx";

/** A bulk action that a dialog offers. */
export interface BulkOffer {
  /** "Retry the failures of this problem" */
  readonly title: string;
  readonly target: BulkActionTarget;
}

/** Dialog that previews a bulk action and starts it; closed while the offer is null. */
export function StartBulkActionDialog({ offer, onClose, onStarted }: {
  readonly offer: BulkOffer | null;
  readonly onClose: () => void;
  /** Takes the id of the started action. */
  readonly onStarted: (id: string) => void;
}) {
  return (
    <Modal opened={offer !== null} onClose={onClose} title={offer?.title} size="lg" centered>
      {offer && <StartForm target={offer.target} onClose={onClose} onStarted={onStarted} />}
    </Modal>
  );
}

function StartForm({ target, onClose, onStarted }: {
  readonly target: BulkActionTarget;
  readonly onClose: () => void;
  readonly onStarted: (id: string) => void;
}) {
  const start = useAction(StartBulkAction, (data) => data.startBulkAction);
  const [force, setForce] = useState(false);
  const [limits, setLimits] = useState(DEFAULT_LIMITS);
  const chosen = { ...target, force };
  const preview = usePreview(chosen);
  const parsed = toLimits(limits);
  const input = { target: chosen, ...parsed.limits };
  const count = preview.result?.count ?? 0;
  const verb = BULK_VERBS[target.action];

  async function run() {
    const done = await start.run({ input });
    if (isFailure(done)) return;
    onStarted(done.bulkAction.id);
    onClose();
  }

  return (
    <Stack gap="md">
      <Preview preview={preview} verb={verb} />
      {target.action === "RETRY" && !target.jobs && (
        <Checkbox
          size="xs"
          checked={force}
          onChange={(event) => setForce(event.currentTarget.checked)}
          label="Include deliveries with a permanent error, without attempts left, or suppressed"
        />
      )}
      <LimitFields
        limits={limits}
        onChange={(changes) => setLimits({ ...limits, ...changes })}
        issues={[...parsed.issues, ...start.failure?.issues ?? []]}
        count={count}
      />
      {start.failure && <ErrorNotice reason={start.failure.reason} />}
      <Group justify="flex-end">
        <CopyGraphQL operation={StartBulkAction} variables={{ input }} />
        <Button variant="default" onClick={onClose}>Back</Button>
        <Button
          loading={start.running}
          disabled={count === 0 || parsed.issues.length > 0}
          onClick={run}
        >
          {count === 0 ? `${verb} in stages` : `${verb} ${formatCount(count)} in stages`}
        </Button>
      </Group>
    </Stack>
  );
}
