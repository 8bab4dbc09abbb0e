import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery, useSubscription } from "urql";
import { Copy } from "../kit/copy.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";
import { ContactActions } from "./contact_actions.tsx";
import { addressesOf, type ContactRow, titleOf } from "./contact_fields.ts";
import { ContactState } from "./contact_state.tsx";
import { ContactQuery, ContactUpdated } from "./operations.ts";
import { Orders } from "./orders.tsx";
import { Timeline } from "./timeline.tsx";

/** Page of a contact: its fields and its timeline, both live. */
export default function ContactPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenContact key={id} id={id} />;
}

function OpenContact({ id }: { readonly id: string }) {
  const isAdmin = useIsAdmin();
  const [changes, setChanges] = useState(0);
  const [{ data, error }, read] = useQuery({ query: ContactQuery, variables: { id } });
  useSubscription({
    query: ContactUpdated,
    variables: { id },
    pause: data?.contact == null,
  }, (before, update) => {
    // The first event repeats the current contact.
    if (before) setChanges((count) => count + 1);
    return update;
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  const { contact } = data;
  if (!contact) return <MissingPage noun="contact" />;
  return (
    <>
      <PageHead title={titleOf(contact)}>
        {isAdmin && <ContactActions contact={contact} />}
      </PageHead>
      <div className="message-state">
        <ContactState contact={contact} />
        <span>
          {addressesOf(contact)}{" "}
          <Copy value={contact.email ?? contact.psid ?? ""} label="address" />
        </span>
        <Id id={contact.id} />
      </div>
      <Facts contact={contact} />
      <Orders id={id} />
      <Timeline key={changes} id={id} />
    </>
  );
}

function Facts({ contact }: { readonly contact: ContactRow }) {
  const { registeredAt, createdAt, unsubscribedAt, variables } = contact;
  const times = [
    ["Signed up", registeredAt],
    ["Added", createdAt],
    ["Unsubscribed", unsubscribedAt],
  ] as const;
  return (
    <dl className="facts contact-facts">
      {times.map(([label, at]) =>
        at !== null && (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <RelativeTime at={at} />
            </dd>
          </div>
        )
      )}
      {Object.entries(variables).map(([name, value]) => (
        <div key={`variable ${name}`}>
          <dt>{name}</dt>
          <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
