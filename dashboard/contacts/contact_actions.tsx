import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { addressesOf, type ContactRow, titleOf } from "./contact_fields.ts";
import { EraseContact, UpdateContact } from "./operations.ts";

/** Actions of a contact: mark as important, unsubscribe, erase. */
export function ContactActions({ contact }: { readonly contact: ContactRow }) {
  const navigate = useNavigate();
  const update = useAction(UpdateContact, (data) => data.updateContact);
  const erase = useAction(EraseContact, (data) => data.eraseContact);
  const [question, setQuestion] = useState<Question | null>(null);
  const { id, vip } = contact;
  const subscribed = contact.unsubscribedAt === null;

  async function change(input: { readonly vip: boolean } | { readonly unsubscribed: boolean }) {
    return failureOf(await update.run({ id, input }));
  }

  function askToSubscribe() {
    setQuestion({
      title: `Subscribe ${titleOf(contact)} again?`,
      body: "Subscribe only a person who has asked for it: more mail to a person who has " +
        "unsubscribed harms the reputation of your domain.",
      action: "Subscribe 1 contact",
      run: () => change({ unsubscribed: false }),
    });
  }

  function askToErase() {
    setQuestion({
      title: `Erase ${titleOf(contact)}?`,
      body: `All that is stored about ${addressesOf(contact)} is erased: the contact, and name, ` +
        "address and variables in deliveries and audiences. This cannot be undone. Counts stay, " +
        "and so do entries of the suppression list.",
      action: "Erase 1 contact",
      danger: true,
      run: async () => {
        const reason = failureOf(await erase.run({ id }));
        if (reason !== null) return reason;
        navigate({ to: "/contacts" });
        return null;
      },
    });
  }

  return (
    <>
      {update.failure && question === null && <ErrorNotice reason={update.failure.reason} />}
      <Button
        size="compact-md"
        variant="default"
        loading={update.running}
        onClick={() => change({ vip: !vip })}
      >
        {vip ? "Not important" : "Mark as important"}
      </Button>
      <Button
        size="compact-md"
        variant="default"
        onClick={subscribed ? () => change({ unsubscribed: true }) : askToSubscribe}
      >
        {subscribed ? "Unsubscribe" : "Subscribe again"}
      </Button>
      <Button size="compact-md" variant="default" onClick={askToErase}>Erase</Button>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
