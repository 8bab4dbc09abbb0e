import { Button, Menu, Modal } from "@mantine/core";
import { IconDots, IconSend } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf, isFailure, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { Secret } from "../kit/secret.tsx";
import { EndpointForm } from "./endpoint_form.tsx";
import {
  DeleteWebhookEndpoint,
  RotateWebhookSecret,
  TestWebhookEndpoint,
  UpdateWebhookEndpoint,
  type WebhookEndpoint,
} from "./operations.ts";

/** Actions of an endpoint: test, change, enable and disable, rotate the secret, delete. */
export function EndpointActions({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { id, url, enabled } = endpoint;
  const navigate = useNavigate();
  const test = useAction(TestWebhookEndpoint, (data) => data.testWebhookEndpoint);
  const update = useAction(UpdateWebhookEndpoint, (data) => data.updateWebhookEndpoint);
  const rotate = useAction(RotateWebhookSecret, (data) => data.rotateWebhookSecret);
  const remove = useAction(DeleteWebhookEndpoint, (data) => data.deleteWebhookEndpoint);
  const [question, setQuestion] = useState<Question | null>(null);
  const [editing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);

  function askToDisable() {
    setQuestion({
      title: "Disable the endpoint?",
      body: `Events that occur while it is off are never sent to ${url}.`,
      action: "Disable",
      run: async () => failureOf(await update.run({ id, input: { enabled: false } })),
    });
  }

  function askToRotate() {
    setQuestion({
      title: "Make a new secret?",
      body: "For a day, calls are signed with the old and the new secret. Then the old one ends.",
      action: "Make a new secret",
      async run() {
        const done = await rotate.run({ id });
        if (isFailure(done)) return done.reason;
        setSecret(done.secret);
        return null;
      },
    });
  }

  function askToDelete() {
    setQuestion({
      title: "Delete the endpoint?",
      body: `${url} gets no more calls, and those that wait are lost. This cannot be undone.`,
      action: "Delete the endpoint",
      danger: true,
      async run() {
        const done = await remove.run({ id });
        if (isFailure(done)) return done.reason;
        navigate({ to: "/webhooks" });
        return null;
      },
    });
  }

  return (
    <>
      {test.failure && <ErrorNotice reason={test.failure.reason} />}
      {update.failure && !editing && !question && <ErrorNotice reason={update.failure.reason} />}
      {enabled
        ? (
          <Button
            size="compact-sm"
            leftSection={<IconSend size={14} />}
            loading={test.running}
            onClick={() => test.run({ id })}
          >
            Send a test event
          </Button>
        )
        : (
          <Button
            size="compact-sm"
            loading={update.running}
            onClick={() => update.run({ id, input: { enabled: true } })}
          >
            Enable
          </Button>
        )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-sm" variant="default" aria-label="More actions">
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setEditing(true)}>Change URL and events</Menu.Item>
          <Menu.Item onClick={askToRotate}>New secret</Menu.Item>
          {enabled && <Menu.Item onClick={askToDisable}>Disable</Menu.Item>}
          <Menu.Item onClick={askToDelete}>Delete</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={editing}
        onClose={() => setEditing(false)}
        title="Change the endpoint"
        centered
      >
        <EndpointForm
          initial={endpoint}
          action="Save"
          running={update.running}
          failure={update.failure}
          onSubmit={async (input) => {
            if (!isFailure(await update.run({ id, input }))) setEditing(false);
          }}
        />
      </Modal>
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title="The new secret"
        centered
        closeOnClickOutside={false}
      >
        {secret !== null && <Secret secret={secret} onDone={() => setSecret(null)} />}
      </Modal>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
