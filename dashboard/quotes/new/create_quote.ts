import { useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { CreateQuote } from "../operations.ts";
import { type Draft, inputOf } from "./draft.ts";
import { type ChosenImage, uploadImage } from "./upload_image.ts";

/**
 * Creates a quote and uploads its images. After a failure a second run continues where the first one ended.
 */
export function useCreateQuote() {
  const create = useAction(CreateQuote, (data) => data.createQuote);
  const [images, setImages] = useState<readonly ChosenImage[]>([]);
  const [uploading, setUploading] = useState(false);
  const [quoteId, setQuoteId] = useState<string | null>(null);
  const [idempotencyKey] = useState(() => crypto.randomUUID());

  /** @returns the id of the new quote; null if a step failed */
  async function run(draft: Draft): Promise<string | null> {
    const id = quoteId ?? await createFrom(draft);
    return id !== null && await uploadAll(id) ? id : null;
  }

  async function createFrom(draft: Draft): Promise<string | null> {
    const created = await create.run({ input: inputOf(draft, idempotencyKey) });
    if (isFailure(created)) return null;
    setQuoteId(created.quote.id);
    return created.quote.id;
  }

  async function uploadAll(id: string): Promise<boolean> {
    setUploading(true);
    let complete = true;
    for (const image of images) {
      if (image.state === "sent") continue;
      change(image.id, { state: "sending", reason: null });
      const reason = await uploadImage(id, image.file);
      change(image.id, { state: reason === null ? "sent" : "refused", reason });
      complete &&= reason === null;
    }
    setUploading(false);
    return complete;
  }

  function change(id: string, changes: Partial<ChosenImage>) {
    setImages((all) => all.map((image) => image.id === id ? { ...image, ...changes } : image));
  }

  return {
    images,
    setImages,
    run,
    running: create.running || uploading,
    /** Whether the quote exists, so that only its images can still be changed. */
    created: quoteId !== null,
    failure: create.failure,
    issueOf: create.issueOf,
  };
}
