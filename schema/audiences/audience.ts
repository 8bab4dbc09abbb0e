import type { Audience, RefusedRow } from "../../src/domain/audiences/audience.ts";
import {
  listAudiences,
  listRecipients,
  listRefusedRows,
} from "../../src/domain/audiences/lists.ts";
import { audiencesById } from "../../src/domain/audiences/operations.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { lookupId } from "../kit/global_id.ts";
import { Channel } from "../messages/enums.ts";
import { RecipientObject } from "../messages/recipient.ts";

/** Recipients that were imported once, for one message or many. */
export const AudienceNode = builder.loadableNodeRef("Audience", {
  id: { resolve: ({ id }: Audience) => id },
  load: (ids: string[], { services, caller }) => audiencesById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const ImportStatus = builder.enumType("ImportStatus", {
  description: "Where an import stands.",
  values: {
    RUNNING: { description: "The file is being read." },
    FINISHED: { description: "The whole file was read." },
    FAILED: { description: "The file broke off; what had been taken stays." },
  },
});

const RefusedRowObject = builder.objectRef<RefusedRow>("RefusedRow").implement({
  description: "A row of a file that did not become a recipient.",
  fields: (t) => ({
    line: t.exposeInt("line", { description: "Where it starts in the file, from 1." }),
    reason: t.exposeString("reason", { description: "What is wrong with it, for people." }),
  }),
});

const AudienceImport = builder.objectRef<Audience>("AudienceImport").implement({
  description: "How the file of an audience was read.",
  fields: (t) => ({
    status: t.expose("importStatus", { type: ImportStatus, description: "Where it stands." }),
    taken: t.exposeInt("taken", { description: "Rows that became recipients." }),
    collapsed: t.exposeInt("collapsed", {
      description: "Rows whose address the audience had already.",
    }),
    refused: t.exposeInt("refused", { description: "Rows that were faulty." }),
    bytesRead: t.exposeFloat("bytesRead", { description: "How much was read." }),
    bytesTotal: t.exposeFloat("bytesTotal", {
      nullable: true,
      description: "How much there is; null when the client did not say.",
    }),
    refusedRows: t.connection({
      type: RefusedRowObject,
      description: "The faulty rows, the first 1,000, in the order of the file.",
      resolve: (audience, args, { services }) => listRefusedRows(services, audience, args),
    }, ...connectionNames("RefusedRow")),
  }),
});

AudienceNode.implement({
  description: "Recipients that were imported once, for one message or many: see " +
    "`POST /import/recipients`.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As people call it." }),
    channel: t.expose("channel", {
      type: Channel,
      description: "How its recipients are reached: the channel of messages that can go to them.",
    }),
    recipientCount: t.exposeInt("recipientCount", { description: "How many recipients it has." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    import: t.field({
      type: AudienceImport,
      nullable: true,
      description: "How its file was read; null: it came from none.",
      resolve: (audience) => audience,
    }),
    recipients: t.connection({
      type: RecipientObject,
      description: "Its recipients, in the order of the file.",
      args: {
        search: t.arg.string({ description: "Part of the address or name, whatever its case." }),
      },
      resolve: (audience, { search, ...page }, { services }) =>
        listRecipients(services, audience, search || null, page),
    }, ...connectionNames("Recipient")),
  }),
});

builder.queryFields((t) => ({
  audience: t.field({
    type: AudienceNode,
    nullable: true,
    description: "One audience; null when there is none, or it is not yours to see.",
    args: { id: t.arg.id({ required: true, description: "aud_…" }) },
    resolve: (_root, { id }) => lookupId("audience", id),
  }),
  audiences: t.connection({
    type: AudienceNode,
    description: "The audiences that you may see, newest first.",
    args: { search: t.arg.string({ description: "Part of the name, whatever its case." }) },
    resolve: (_root, { search, ...page }, { services, caller }) =>
      listAudiences(services, caller, search || null, page),
  }, ...connectionNames("Audience")),
}));
