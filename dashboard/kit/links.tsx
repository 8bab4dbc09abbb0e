import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, createContext, type JSX, type Ref, useContext } from "react";
import { Copy } from "./copy.tsx";

/** Pages of objects by the prefix of their ids: msg → (id) => "/messages/msg_…". */
export type IdPages = Readonly<Record<string, (id: string) => string>>;

/** Provided by the shell, which knows all screens. */
export const IdPagesContext = createContext<IdPages>({});

interface PlainLinkProps
  extends AnchorProps, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps> {
  readonly ref?: Ref<HTMLAnchorElement>;
}

/** Link to a page of the dashboard. */
export const PageLink: LinkComponent<(props: PlainLinkProps) => JSX.Element> = createLink(
  (props: PlainLinkProps) => <Anchor {...props} />,
);

interface PlainButtonProps
  extends ButtonProps, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> {
  readonly ref?: Ref<HTMLAnchorElement>;
}

/** Link to a page of the dashboard that looks like a button. */
export const ButtonLink: LinkComponent<(props: PlainButtonProps) => JSX.Element> = createLink(
  (props: PlainButtonProps) => <Button component="a" {...props} />,
);

/** An id with a button that copies it; a link if it has a page. */
export function Id({ id }: { readonly id: string }) {
  const pages = useContext(IdPagesContext);
  const page = pages[id.slice(0, id.indexOf("_"))];
  return (
    <span className="id">
      {page ? <PageLink to={page(id)}>{id}</PageLink> : <code>{id}</code>}
      <Copy value={id} label="id" />
    </span>
  );
}
