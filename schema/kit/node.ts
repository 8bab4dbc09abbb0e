import { parseTypeId } from "../../src/domain/id.ts";
import { builder } from "./builder.ts";

builder.queryField("node", (t) =>
  t.node({
    description: "Object with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Global id: job_…, msg_…, key_…" }) },
    // Null for a text that is not a TypeID; decodeId would throw.
    id: (_root, { id }) => parseTypeId(id) && id,
  }));
