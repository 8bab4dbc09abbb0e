import {
  type LearnableEmailFilter as LearnableEmailFilterShape,
  listLearnableEmails,
} from "../../src/domain/emails/learnable.ts";
import { builder } from "../kit/builder.ts";
import { checkFilter } from "../kit/filter.ts";
import { EmailConnection, EmailNode } from "./email.ts";

const LearnableEmailFilter = builder.inputType("LearnableEmailFilter", {
  description: "Filter of mails to learn from: all fields must match. Absent or null: no limit.",
  fields: (t) => ({
    search: t.string({
      description:
        "Parts of the subject or of the first recipient's address, separated by spaces, all of " +
        "which must occur, case-insensitive.",
    }),
    sentFrom: t.field({ type: "DateTime", description: "Sent at this time or later." }),
    sentTo: t.field({
      type: "DateTime",
      description: "Sent before this time; must be later than `sentFrom`.",
    }),
    learned: t.boolean({
      description:
        "True: mails that were learned from, with any version of the prompt; false: all others.",
    }),
  }),
});

builder.queryField("learnableEmails", (t) =>
  t.connection({
    type: EmailNode,
    description:
      "Mails to learn from, newest first: mails with text of their own that people of the " +
      "organization have sent. Visible to all roles. `startEmailLearning` takes their ids.",
    args: {
      filter: t.arg({
        type: LearnableEmailFilter,
        description: "Filter of the mails; absent: all.",
      }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) => {
      const checked: LearnableEmailFilterShape = checkFilter(filter);
      return listLearnableEmails(services, caller, checked, page);
    },
  }, EmailConnection));
