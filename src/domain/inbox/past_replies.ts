import { statement } from "../../db/database.ts";
import type { PastInput, PastInputs, RepeatedRequest } from "../prompts/past_inputs.ts";
import { suggestionsById } from "./find.ts";
import { type ReplyAnswer, replyOf } from "./reply_answer.ts";
import { replyRequest } from "./reply_request.ts";

const NEWEST = statement<[organizationId: string, limit: number], PastInput>(
  "suggestions.newestWritten",
  `select s.id, c.id as "contactId"
   from suggestions s
   join threads t on t.id = s.thread_id
   left join contacts c on c.organization_id = t.organization_id and c.email_key = t.contact_email
   where s.organization_id = $1 and s.prompt_id is not null and s.text <> ''
   order by s.id desc limit $2`,
);

/** Past inputs of the prompt `reply`: suggestions that the model wrote. */
export const pastReplies: PastInputs = {
  noun: "suggestion",
  kind: "REPLY",
  newest: ({ db }, organizationId, limit) => db.run(NEWEST, organizationId, limit),
  async repeat(services, organizationId, id, prompt) {
    const [suggestion] = await suggestionsById(services, { organizationId }, [id]);
    if (!suggestion) return null;
    const request = await replyRequest(services, suggestion, { ...prompt, name: "reply" });
    if (!request) return null;
    const repeated: RepeatedRequest<ReplyAnswer> = {
      ...request,
      before: suggestion.text,
      format: (answer) => replyOf(answer).text,
    };
    return repeated;
  },
};
