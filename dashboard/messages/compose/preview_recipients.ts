import { useQuery } from "urql";
import { ContactsQuery } from "../../contacts/contact_fields.ts";
import { AudienceQuery } from "./audience_select.tsx";
import type { PreviewRecipient } from "../content/content_preview.ts";
import type { Draft } from "./draft.ts";
import { readPasted } from "./pasted.ts";

const MAX_SHOWN = 20;

/** The first recipients of a draft. */
export function usePreviewRecipients(draft: Draft): readonly PreviewRecipient[] {
  const fromAudience = draft.source === "audience" && draft.audienceId !== null;
  const [{ data }] = useQuery({
    query: AudienceQuery,
    variables: { id: draft.audienceId ?? "" },
    pause: !fromAudience,
  });
  const fromContacts = draft.source === "contacts";
  const picked = draft.contacts === "picked" ? draft.contactIds.slice(0, MAX_SHOWN) : [];
  const [{ data: contacts }] = useQuery({
    query: ContactsQuery,
    variables: {
      filter: {
        active: true,
        ...(draft.contacts === "vip" && { vip: true }),
        ...(picked.length > 0 && { ids: [...picked] }),
      },
      first: MAX_SHOWN,
    },
    pause: !fromContacts,
  });
  if (fromContacts) {
    return (contacts?.contacts.nodes ?? []).flatMap(({ email, psid, name, variables }) => {
      const address = draft.channel === "EMAIL" ? email : psid;
      return address === null ? [] : [{ address, name, variables }];
    });
  }
  if (draft.source === "paste") return readPasted(draft.pasted).recipients.slice(0, MAX_SHOWN);
  const nodes = fromAudience ? data?.audience?.recipients.nodes ?? [] : [];
  return nodes.map(({ address, name, variables }) => ({ address, name, variables }));
}
