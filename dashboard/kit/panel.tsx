import type { ReactNode } from "react";
import { PageLink } from "./links.tsx";
import type { UrlState } from "./url_state.ts";

/** Address of a page with its filters. */
export interface Target {
  readonly to: string;
  readonly search?: UrlState;
}

/** A titled part of a page, with a link to the list behind it. */
export function Panel({ title, link, children }: {
  readonly title: string;
  readonly link?: Target & { readonly text: string };
  readonly children: ReactNode;
}) {
  return (
    <section className="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {link && <PageLink to={link.to} search={link.search}>{link.text}</PageLink>}
      </header>
      {children}
    </section>
  );
}
