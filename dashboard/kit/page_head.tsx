import { Group, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { formatCount } from "./format.ts";

/** Title of a page with its actions; it names the browser's tab, too. */
export function PageHead({ title, count, children }: {
  readonly title: string;
  /** Number of objects found; null if the server does not count that far. */
  readonly count?: number | null;
  readonly children?: ReactNode;
}) {
  useDocumentTitle(`${title} · Waybill`);
  return (
    <header className="page-head">
      <Title order={1} size="h3">{title}</Title>
      {count !== undefined && (
        <span className="dimmed numbers">
          {count === null ? "" : `${formatCount(count)} found`}
        </span>
      )}
      <Group gap="xs" ml="auto">{children}</Group>
    </header>
  );
}
