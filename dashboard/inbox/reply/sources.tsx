import { Button, Popover, UnstyledButton } from "@mantine/core";
import { IconBulb, IconFeather, IconMail, IconShoppingBag, IconTrash } from "@tabler/icons-react";
import { useContext, useState } from "react";
import { formatEnum, formatMoney } from "../../kit/format.ts";
import { IdPagesContext, PageLink } from "../../kit/links.tsx";
import { RelativeTime } from "../../kit/relative_time.tsx";
import { showMail } from "../mail.tsx";
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
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={360}
      position="bottom-start"
      withArrow
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <UnstyledButton className="source-chip" title={text} onClick={() => setOpened(!opened)}>
          <Symbol size={13} aria-hidden />
          <span>{kind}</span> <span className="dimmed">{text}</span>
        </UnstyledButton>
      </Popover.Target>
      {/* Takes the focus, so that Esc closes it and not the thread. */}
      <Popover.Dropdown className="source-excerpt" tabIndex={0}>
        {node ? <Excerpt node={node} text={text} onLeave={() => setOpened(false)} /> : (
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

function Excerpt({ node, text, onLeave }: {
  readonly node: SourceNode;
  readonly text: string;
  readonly onLeave: () => void;
}) {
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
      return <MailExcerpt mail={node} onLeave={onLeave} />;
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

function MailExcerpt({ mail: { id, subject, from, receivedAt, replyText }, onLeave }: {
  readonly mail: Extract<SourceNode, { __typename: "Email" }>;
  readonly onLeave: () => void;
}) {
  // Of a very long thread only the newest mails are on the page.
  const isShown = document.getElementById(id) !== null;
  return (
    <>
      <p>
        <strong>{subject}</strong>
        <br />
        <span className="dimmed">
          {from}, <RelativeTime at={receivedAt} />
        </span>
      </p>
      <p className="inbox-text">{replyText}</p>
      {isShown && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            onLeave();
            showMail(id);
          }}
        >
          Show in the thread
        </Button>
      )}
    </>
  );
}
