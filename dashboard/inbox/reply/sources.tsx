import { Popover, UnstyledButton } from "@mantine/core";
import { IconBulb, IconFeather, IconMail, IconShoppingBag, IconTrash } from "@tabler/icons-react";
import { useContext } from "react";
import { formatEnum, formatMoney } from "../../kit/format.ts";
import { IdPagesContext, PageLink } from "../../kit/links.tsx";
import { RelativeTime } from "../../kit/relative_time.tsx";
import type { Source } from "../thread_query.ts";

type SourceNode = NonNullable<Source["node"]>;

/** Sources of a suggested reply, as chips that show the text on request. */
export function Sources({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <ul className="sources" aria-label="Sources">
      {sources.map((source, index) => (
        <li key={index}>
          <SourceChip source={source} />
        </li>
      ))}
    </ul>
  );
}

function SourceChip({ source: { text, node } }: { readonly source: Source }) {
  const [Symbol, kind] = looksOf(node);
  return (
    <Popover width={360} position="bottom-start" withArrow shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton className="source-chip" title={text}>
          <Symbol size={13} aria-hidden />
          <span>{kind}</span> <span className="dimmed">{text}</span>
        </UnstyledButton>
      </Popover.Target>
      {/* Takes the focus, so that Esc closes it and not the thread. */}
      <Popover.Dropdown className="source-excerpt" tabIndex={0}>
        {node ? <Excerpt node={node} text={text} /> : (
          <>
            <p>{text}</p>
            <p className="dimmed">It was deleted since.</p>
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function looksOf(node: SourceNode | null) {
  if (node?.__typename === "Fact") {
    return node.kind === "PREFERENCE"
      ? [IconFeather, "Style"] as const
      : [IconBulb, "Fact"] as const;
  }
  if (node?.__typename === "Order") return [IconShoppingBag, "Order"] as const;
  return node ? [IconMail, "Mail"] as const : [IconTrash, "Deleted"] as const;
}

function Excerpt({ node, text }: { readonly node: SourceNode; readonly text: string }) {
  switch (node.__typename) {
    case "Fact":
      return <FactExcerpt fact={node} />;
    case "Order":
      return (
        <p>
          <strong>Order {node.number}</strong>: {node.status}, {formatMoney(node.total)}, placed
          {" "}
          <RelativeTime at={node.createdAt} />
        </p>
      );
    case "Email":
      return (
        <>
          <p>
            <strong>{node.subject}</strong>
            <br />
            <span className="dimmed">
              {node.from}, <RelativeTime at={node.receivedAt} />
            </span>
          </p>
          <p className="inbox-text">{node.replyText}</p>
        </>
      );
    default:
      return <p>{text}</p>;
  }
}

function FactExcerpt({ fact: { id, state, scope, question, answer } }: {
  readonly fact: Extract<SourceNode, { __typename: "Fact" }>;
}) {
  const page = useContext(IdPagesContext)[id.slice(0, id.indexOf("_"))];
  return (
    <>
      {question && (
        <p>
          <strong>{question}</strong>
        </p>
      )}
      <p className="inbox-text">{answer}</p>
      <p className="dimmed">
        {formatEnum(state)} · for {scope}
        {page && (
          <>
            {" · "}
            <PageLink to={page(id)}>Open in Knowledge</PageLink>
          </>
        )}
      </p>
    </>
  );
}
