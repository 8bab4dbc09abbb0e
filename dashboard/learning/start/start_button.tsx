import { Button } from "@mantine/core";
import { IconActivity, IconSchool } from "@tabler/icons-react";
import { formatCount } from "../../kit/format.ts";
import { ButtonLink } from "../../kit/links.tsx";
import type { Learned } from "../operations.ts";
import type { RunRow } from "../run_fields.ts";

/** Button for the next step: start, view the progress of the run under way, or learn new mails. */
export function StartButton({ learned, active, onStart }: {
  /** Undefined while it is not known. */
  readonly learned: Learned | undefined;
  /** Run of the user that has not ended. */
  readonly active: RunRow | undefined;
  readonly onStart: () => void;
}) {
  if (active) {
    return (
      <>
        <Button size="compact-md" variant="default" onClick={onStart}>Start another …</Button>
        <ButtonLink
          size="compact-md"
          leftSection={<IconActivity size={15} />}
          to={`/learning/${active.id}`}
          search={{ progress: "open" }}
        >
          View progress
        </ButtonLink>
      </>
    );
  }
  return (
    <Button
      size="compact-md"
      leftSection={<IconSchool size={15} />}
      disabled={!learned}
      onClick={onStart}
    >
      {labelOf(learned)}
    </Button>
  );
}

function labelOf(learned: Learned | undefined): string {
  if (!learned || learned.emailsLearnedCount === 0 || learned.emailsNotLearnedCount === 0) {
    return "Start learning …";
  }
  const count = learned.emailsNotLearnedCount;
  return `Learn ${formatCount(count)} new ${count === 1 ? "mail" : "mails"} …`;
}
