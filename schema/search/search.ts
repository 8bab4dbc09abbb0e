import { toTypeId } from "../../src/domain/id.ts";
import type { SearchHit } from "../../src/domain/search/hit.ts";
import { MAX_HITS, search } from "../../src/domain/search/search.ts";
import { builder } from "../kit/builder.ts";

const DEFAULT_HITS = 20;

const SearchHitObject = builder.objectRef<SearchHit>("SearchHit").implement({
  description: "Object that a search has found.",
  fields: (t) => ({
    title: t.exposeString("title", {
      description:
        "Title, name or address by which it was found; the kind of a job, the action of a bulk action.",
    }),
    detail: t.exposeString("detail", {
      nullable: true,
      description:
        "Text that distinguishes it from others with this title: the state of a message, the message " +
        "of a delivery, the audience of a recipient; null if none.",
    }),
    node: t.node({
      description: "Found object; null if it was deleted since.",
      id: ({ noun, id }) => toTypeId(noun, id),
    }),
  }),
});

const SearchResult = builder.objectRef<readonly SearchHit[]>("SearchResult").implement({
  description: "Result of a search.",
  fields: (t) => ({
    nodes: t.field({
      type: [SearchHitObject],
      description: "Found objects, grouped by type.",
      complexity: { field: 1, multiplier: DEFAULT_HITS },
      resolve: (hits) => [...hits],
    }),
  }),
});

builder.queryField("search", (t) =>
  t.field({
    type: SearchResult,
    description:
      "Finds the objects that a text may mean: an id of any kind; an address, or at least three " +
      "characters of its beginning, among contacts, deliveries, suppressions and recipients of " +
      "audiences; a part of the title of a message, the name of an audience or a template, the customer " +
      "of a quote, the subject or the address of a thread, or the kind of a job; for the OPERATOR also of " +
      "the name of an organization or provider. It searches the newest 20,000 messages, audiences, quotes " +
      "and threads, and the newest 2,000 jobs, of the organization.",
    args: {
      text: t.arg.string({
        required: true,
        description: "Text, at most 320 characters; blank: finds nothing.",
      }),
      first: t.arg.int({
        required: true,
        defaultValue: DEFAULT_HITS,
        description: `Maximum number of objects, 1 to ${MAX_HITS}.`,
      }),
    },
    resolve: (_root, { text, first }, { services, caller }) =>
      search(services, caller, text, first),
  }));
