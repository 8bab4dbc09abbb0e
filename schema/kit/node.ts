import { parseTypeId } from "../../src/domain/id.ts";
import { builder } from "./builder.ts";

builder.queryField("node", (t) =>
  t.node({
    description:
      "Whatever has this id; null when there is no such object, or it is not yours to see.",
    args: { id: t.arg.id({ required: true, description: "A global id: job_…, msg_…, key_…" }) },
    id: (_root, { id }) => parseTypeId(id) && id,
  }));
