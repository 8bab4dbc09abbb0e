import { useEffect, useState } from "react";
import { session } from "../api/session.ts";

/** An uploaded image while it is read. */
export type UploadedImage =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly reason: string }
  | {
    readonly state: "ready";
    /** "blob:…" */
    readonly address: string;
  };

/** Reads an uploaded image, which the server sends only to callers with a key. */
export function useUploadedImage(url: string): UploadedImage {
  const [image, setImage] = useState<UploadedImage>({ state: "loading" });
  useEffect(() => {
    const leaving = new AbortController();
    let address: string | undefined;
    read(url, leaving.signal).then((blob) => {
      address = URL.createObjectURL(blob);
      setImage({ state: "ready", address });
    }).catch((error) => {
      if (leaving.signal.aborted) return;
      setImage({ state: "failed", reason: error instanceof Error ? error.message : String(error) });
    });
    return () => {
      leaving.abort();
      if (address) URL.revokeObjectURL(address);
    };
  }, [url]);
  return image;
}

async function read(url: string, signal: AbortSignal): Promise<Blob> {
  const headers = { authorization: `Bearer ${session.get().key}` };
  const response = await fetch(url, { headers, signal });
  if (!response.ok) {
    throw new Error(`Cannot show the image: the server answered ${response.status}.`);
  }
  const blob = await response.blob();
  signal.throwIfAborted();
  return blob;
}
