import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { formatCount } from "./format.ts";

/** Title of a page with its actions; it names the browser's tab, too. */
export function PageHead({ title, count, children }: {
  readonly title: string;
  /** Number of objects found; null if the server does not count that far. */
  readonly count?: number | null;
  readonly children?: ReactNode;
}) {
  useEffect(() => {
    const outer = document.title;
    document.title = `${title} · Waybill`;
    // A closed detail leaves the title to its list.
    return () => {
      document.title = outer;
    };
  }, [title]);
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
