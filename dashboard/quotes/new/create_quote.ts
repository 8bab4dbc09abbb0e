import { useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { CreateQuote, ProcessQuotes } from "../operations.ts";
import { type Draft, inputOf } from "./draft.ts";
import { type ChosenImage, uploadImage } from "./upload_image.ts";

/**
 * Creates a quote, uploads its images, and has it processed once all of them are stored. After a failure a second run
 * continues where the first one ended.
 */
export function useCreateQuote() {
  const create = useAction(CreateQuote, (data) => data.createQuote);
  const process = useAction(ProcessQuotes, (data) => data.processQuotes);
  const [images, setImages] = useState<readonly ChosenImage[]>([]);
  const [uploading, setUploading] = useState(false);
  const [quoteId, setQuoteId] = useState<string | null>(null);
  const [idempotencyKey] = useState(() => crypto.randomUUID());

  /** @returns the id of the new quote; null if a step failed */
  async function run(draft: Draft, processNow: boolean): Promise<string | null> {
    const waitsForImages = images.length > 0;
    const id = quoteId ?? await createFrom(draft, processNow && !waitsForImages);
    if (id === null || !waitsForImages) return id;
    if (!await uploadAll(id)) return null;
    if (!processNow) return id;
    return isFailure(await process.run({ input: { quoteIds: [id] } })) ? null : id;
  }

  async function createFrom(draft: Draft, processNow: boolean): Promise<string | null> {
    const created = await create.run({ input: inputOf(draft, processNow, idempotencyKey) });
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
    running: create.running || uploading || process.running,
    /** Whether the quote exists, so that only its images can still be changed. */
    created: quoteId !== null,
    failure: create.failure ?? process.failure,
    issueOf: create.issueOf,
  };
}
