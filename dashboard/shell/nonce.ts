/** Nonce of the page for style elements; empty on the development server, which has no policy. */
export function readNonce(): string {
  return document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
}
