import { session } from "../../api/session.ts";

/** A chosen file, and how far its upload is. */
export interface ChosenImage {
  readonly id: string;
  readonly file: File;
  readonly state: "chosen" | "sending" | "sent" | "refused";
  /** Reason of the server; null unless it was refused. */
  readonly reason: string | null;
}

interface ErrorAnswer {
  readonly errors?: readonly { readonly message: string }[];
}

/**
 * Uploads an image of a quote.
 *
 * @returns the reason if the server refuses it; null if it was stored
 */
export async function uploadImage(quoteId: string, file: File): Promise<string | null> {
  const headers = { authorization: `Bearer ${session.get().key}` };
  const url = `/quotes/${quoteId}/images`;
  try {
    const response = await fetch(url, { method: "POST", headers, body: file });
    if (response.ok) return null;
    const { errors }: ErrorAnswer = await response.json();
    return errors?.[0]?.message ?? `The server answered ${response.status}.`;
  } catch {
    return "The upload was interrupted. Try again.";
  }
}
