import { builder } from "../kit/builder.ts";

export const TypeCount = builder.objectRef<{ type: string; count: number }>("TypeCount").implement({
  description: "Number of jobs or mails of one type.",
  fields: (t) => ({
    type: t.exposeString("type", { description: "Message type; for other jobs, the job kind." }),
    count: t.exposeInt("count", { description: "Number of jobs or mails." }),
  }),
});
