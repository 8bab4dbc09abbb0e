import type { Audience, RefusedRow } from "../../src/domain/audiences/audience.ts";
import { listAudiences, listRecipients, listRefusedRows } from "../../src/domain/audiences/list.ts";
import { audiencesById } from "../../src/domain/audiences/find.ts";
import { builder } from "../kit/builder.ts";
import { checkSearch } from "../kit/filter.ts";
import { connectionNames } from "../kit/connection.ts";
import { lookupId } from "../kit/global_id.ts";
import { Channel } from "../messages/enums.ts";
import { RecipientObject } from "../messages/recipient.ts";

/** An audience: imported recipients for one or many messages. */
export const AudienceNode = builder.loadableNodeRef("Audience", {
  id: { resolve: ({ id }: Audience) => id },
  load: (ids: string[], { services, caller }) => audiencesById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const ImportStatus = builder.enumType("ImportStatus", {
  description: "State of an import.",
  values: {
    RUNNING: { description: "The file is being read; becomes FINISHED or FAILED." },
    FINISHED: { description: "The whole file was read." },
    FAILED: {
      description:
        "The import was interrupted before the end of the file. The recipients that it had added are " +
        "removed, and an audience without others is deleted. With `keep=partial` they are kept, but " +
        "no message can be sent to the audience until a file is imported into it again.",
    },
  },
});

const RefusedRowObject = builder.objectRef<RefusedRow>("RefusedRow").implement({
  description: "Row of a file that was refused.",
  fields: (t) => ({
    line: t.exposeInt("line", { description: "Line of the file at which the row starts, from 1." }),
    reason: t.exposeString("reason", { description: "Explanation for people." }),
  }),
});

const AudienceImport = builder.objectRef<Audience>("AudienceImport").implement({
  description: "Latest import of a file into an audience.",
  fields: (t) => ({
    status: t.expose("importStatus", { type: ImportStatus, description: "State of the import." }),
    taken: t.exposeInt("taken", { description: "Number of rows that became recipients." }),
    collapsed: t.exposeInt("collapsed", {
      description: "Number of valid rows whose address was already in the audience.",
    }),
    refused: t.exposeInt("refused", { description: "Number of invalid rows." }),
    bytesRead: t.exposeFloat("bytesRead", { description: "Bytes read so far." }),
    bytesTotal: t.exposeFloat("bytesTotal", {
      nullable: true,
      description: "Size of the file in bytes; null if the client did not send it.",
    }),
    refusedRows: t.connection({
      type: RefusedRowObject,
      description: "Invalid rows in the order of the file, the first 1,000.",
      resolve: (audience, args, { services }) => listRefusedRows(services, audience, args),
    }, ...connectionNames("RefusedRow")),
  }),
});

AudienceNode.implement({
  description:
    "Audience: imported recipients for one or many messages; see `POST /import/recipients`.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Display name." }),
    channel: t.expose("channel", {
      type: Channel,
      description: "Channel of its recipients, and of the messages that can be sent to them.",
    }),
    recipientCount: t.exposeInt("recipientCount", { description: "Number of recipients." }),
    partial: t.exposeBoolean("partial", {
      description:
        "Whether it contains only a part of a file, because an import with `keep=partial` failed; no " +
        "message can be sent to it then.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    import: t.field({
      type: AudienceImport,
      nullable: true,
      description:
        "Import of its file; null for an audience without one, which this version does not " +
        "create.",
      resolve: (audience) => audience,
    }),
    recipients: t.connection({
      type: RecipientObject,
      description: "Recipients in the order of the file.",
      args: {
        search: t.arg.string({ description: "Part of the address or the name, case-insensitive." }),
      },
      resolve: (audience, { search, ...page }, { services }) =>
        listRecipients(services, audience, checkSearch(search), page),
    }, ...connectionNames("Recipient")),
  }),
});

builder.queryFields((t) => ({
  audience: t.field({
    type: AudienceNode,
    nullable: true,
    description: "Audience with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the audience: aud_…" }) },
    resolve: (_root, { id }) => lookupId("audience", id),
  }),
  audiences: t.connection({
    type: AudienceNode,
    description: "Audiences that the caller may see, newest first.",
    args: { search: t.arg.string({ description: "Part of the name, case-insensitive." }) },
    resolve: (_root, { search, ...page }, { services, caller }) =>
      listAudiences(services, caller, checkSearch(search), page),
  }, ...connectionNames("Audience")),
}));
