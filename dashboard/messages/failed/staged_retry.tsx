import { Button } from "@mantine/core";
import { IconStairs } from "@tabler/icons-react";
import { useState } from "react";
import { type BulkOffer, StartBulkActionDialog } from "../../bulk_actions/start/start_dialog.tsx";
import type { DeliveryRow, ErrorType } from "../../deliveries/delivery_fields.ts";
import { ERROR_TYPES } from "../../deliveries/error_types.ts";
import { formatNumberOf } from "../../kit/format.ts";
import { useUrlState } from "../../kit/url_state.ts";

/** Button that retries the selected, the failures of the chosen types, or all, in stages. */
export function StagedRetry({ messageId, chosen, selected }: {
  readonly messageId: string;
  readonly chosen: readonly ErrorType[];
  readonly selected: ReadonlyMap<string, DeliveryRow>;
}) {
  const [, setState] = useUrlState();
  const [offer, setOffer] = useState<BulkOffer | null>(null);
  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconStairs size={15} />}
        onClick={() => setOffer(offerOf(messageId, chosen, selected))}
      >
        Retry in stages …
      </Button>
      <StartBulkActionDialog
        offer={offer}
        onClose={() => setOffer(null)}
        onStarted={(bulk) => setState({ bulk })}
      />
    </>
  );
}

// The filter includes deliveries that cannot be retried, so that the dialog shows the reasons.
function offerOf(
  messageId: string,
  chosen: readonly ErrorType[],
  selected: ReadonlyMap<string, DeliveryRow>,
): BulkOffer {
  if (selected.size > 0) {
    return {
      title: `Retry ${formatNumberOf(selected.size, "selected recipient")} in stages`,
      target: { action: "RETRY", deliveries: { ids: [...selected.keys()] } },
    };
  }
  const types = chosen.map((type) => ERROR_TYPES[type].label.toLowerCase()).join(", ");
  return {
    title: chosen.length > 0 ? `Retry in stages: ${types}` : "Retry all failures in stages",
    target: {
      action: "RETRY",
      deliveries: {
        filter: { messageId, ...(chosen.length > 0 && { errorTypes: [...chosen] }) },
      },
    },
  };
}
