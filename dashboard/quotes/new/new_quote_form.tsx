import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { useCreateQuote } from "./create_quote.ts";
import { type Draft, EMPTY_DRAFT } from "./draft.ts";
import { ImagesField } from "./images_field.tsx";

/** Form of a new quote: customer, request and images. */
export default function NewQuoteForm({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreateQuote();
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const [processNow, setProcessNow] = useState(true);
  const { images, created, failure, issueOf } = create;
  const refused = images.some(({ state }) => state === "refused");

  async function submit(event: FormEvent) {
    event.preventDefault();
    const id = await create.run(draft, processNow);
    if (id === null) return;
    onClose();
    navigate({ to: `/quotes/${id}` });
  }

  function fieldOf(name: keyof Draft, ...path: string[]) {
    return {
      value: draft[name],
      error: issueOf(...path),
      disabled: created,
      onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
        setDraft((all) => ({ ...all, [name]: value })),
    };
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group grow align="flex-start">
          <TextInput label="Customer" data-autofocus {...fieldOf("name", "customer", "name")} />
          <TextInput label="Email" type="email" {...fieldOf("email", "customer", "email")} />
        </Group>
        <Textarea
          label="Request"
          autosize
          minRows={4}
          maxRows={12}
          {...fieldOf("request", "request")}
        />
        <ImagesField images={images} onChange={create.setImages} />
        <Textarea
          label="Addresses of images"
          description="One https address per line. Only the model server fetches them. At most 8, together with the uploads."
          autosize
          minRows={1}
          maxRows={8}
          {...fieldOf("imageUrls", "imageUrls")}
        />
        <Checkbox
          label="Process it now: ask the model, then mail the customer and the admin"
          checked={processNow}
          onChange={(event) => setProcessNow(event.currentTarget.checked)}
        />
        {failure && !failure.issues && <ErrorNotice reason={failure.reason} />}
        {refused && (
          <Text size="sm" role="status">
            The quote was created, but not all images were stored. Remove those that were refused,
            or add others, and continue.
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{created ? "Close" : "Cancel"}</Button>
          <Button type="submit" loading={create.running}>
            {created ? "Continue" : "Create quote"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
