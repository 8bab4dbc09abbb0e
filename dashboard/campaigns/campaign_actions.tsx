import { IconPencil, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { ActionButton } from "../kit/action_button.tsx";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";
import { useReloadCampaigns } from "./campaign_list.ts";
import { type CampaignDetail, UpdateCampaign } from "./operations.ts";

/** Actions of a campaign: edit, enable, disable; only for callers who may change it. */
export function CampaignActions({ campaign }: { readonly campaign: CampaignDetail }) {
  const { id, name, enabled, sendAt, stats: { pending } } = campaign;
  const update = useAction(UpdateCampaign, (data) => data.updateCampaign);
  const reload = useReloadCampaigns();
  const [question, setQuestion] = useState<Question | null>(null);
  const isAdmin = useIsAdmin();
  if (!isAdmin) return null;

  async function run(enabled: boolean): Promise<string | null> {
    const reason = failureOf(await update.run({ id, input: { enabled } }));
    reload();
    return reason;
  }

  function ask() {
    const waiting = formatNumberOf(pending, "mail");
    const isPast = sendAt !== null && new Date(sendAt).getTime() <= Date.now();
    setQuestion({
      title: enabled ? `Disable ${name}?` : `Enable ${name}?`,
      body: enabled
        ? `Nothing more is sent, and no contact is enrolled. ${waiting} wait until it is enabled again.`
        : `Contacts are enrolled again. ${waiting} wait${
          isPast ? ", and are sent at once because the date has passed" : ""
        }.`,
      action: enabled ? "Disable" : "Enable",
      run: () => run(!enabled),
    });
  }

  return (
    <>
      <ActionButton
        icon={enabled ? IconPlayerPause : IconPlayerPlay}
        running={update.running}
        onClick={ask}
      >
        {enabled ? "Disable …" : "Enable …"}
      </ActionButton>
      <ButtonLink
        to={`/campaigns/${id}/edit`}
        size="compact-md"
        leftSection={<IconPencil size={15} />}
      >
        Edit
      </ButtonLink>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
