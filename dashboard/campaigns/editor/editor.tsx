import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { ButtonLink } from "../../kit/links.tsx";
import { PageHead } from "../../kit/page_head.tsx";
import { useChosenTemplate } from "../../messages/compose/template_field.tsx";
import { CampaignPreview } from "../campaign_preview.tsx";
import { CreateCampaign, UpdateCampaign } from "../operations.ts";
import { CampaignFieldset } from "./campaign_fieldset.tsx";
import { ContentFieldset } from "./content_fieldset.tsx";
import { contentOf, createInputOf, type Draft, updateInputOf } from "./draft.ts";

/** Form of a campaign with its preview beside it. */
export function Editor({ campaignId, first }: {
  /** Null: a new one. */
  readonly campaignId: string | null;
  /** Values that the form begins with. */
  readonly first: Draft;
}) {
  const navigate = useNavigate();
  const [before] = useState(first);
  const [draft, setDraft] = useState(first);
  const create = useAction(CreateCampaign, (data) => data.createCampaign);
  const update = useAction(UpdateCampaign, (data) => data.updateCampaign);
  const { failure, clear, running, issueOf } = campaignId === null ? create : update;
  const template = useChosenTemplate(draft);
  const content = template?.content ?? contentOf(draft);

  function change(changes: Partial<Draft>) {
    clear();
    setDraft((previous) => ({ ...previous, ...changes }));
  }

  async function save() {
    const done = campaignId === null
      ? await create.run({ input: createInputOf(draft) })
      : await update.run({ id: campaignId, input: updateInputOf(draft, before) });
    if (!isFailure(done)) navigate({ to: `/campaigns/${done.campaign.id}` });
  }

  return (
    <>
      <PageHead title={campaignId === null ? "New campaign" : `Edit ${before.name}`}>
        {campaignId === null
          ? <CopyGraphQL operation={CreateCampaign} variables={{ input: createInputOf(draft) }} />
          : (
            <CopyGraphQL
              operation={UpdateCampaign}
              variables={{ id: campaignId, input: updateInputOf(draft, before) }}
            />
          )}
        <ButtonLink
          to={campaignId === null ? "/campaigns" : `/campaigns/${campaignId}`}
          variant="subtle"
        >
          Cancel
        </ButtonLink>
        <Button leftSection={<IconDeviceFloppy size={15} />} loading={running} onClick={save}>
          {campaignId === null ? "Create campaign" : "Save"}
        </Button>
      </PageHead>
      <div className="compose">
        <div>
          {failure && <ErrorNotice reason={failure.reason} />}
          <CampaignFieldset
            draft={draft}
            isNew={campaignId === null}
            onChange={change}
            errorOf={issueOf}
          />
          <ContentFieldset draft={draft} template={template} onChange={change} errorOf={issueOf} />
        </div>
        <CampaignPreview content={content} />
      </div>
    </>
  );
}
