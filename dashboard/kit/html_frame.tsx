import { useEffect, useId, useRef } from "react";
import { session } from "../api/session.ts";

/**
 * Foreign HTML in a sandboxed frame. The server sends it back with a policy of its own, because a frame that
 * the page fills itself would have the page's policy, which allows no inline styles.
 */
export function HtmlFrame({ html }: { readonly html: string }) {
  const form = useRef<HTMLFormElement>(null);
  const name = useId();
  const { key } = session.get();
  useEffect(() => form.current?.submit(), [html, name]);
  return (
    <>
      <form ref={form} hidden method="post" action="/content/preview" target={name}>
        <input type="hidden" name="key" value={key ?? ""} readOnly />
        <textarea name="html" value={html} readOnly />
      </form>
      <iframe className="mail-frame" title="Content as HTML" name={name} sandbox="" />
    </>
  );
}
