import { toTypeId } from "../../src/domain/id.ts";
import { readTimeline } from "../../src/domain/timeline/timeline.ts";
import type { TimelineEntry } from "../../src/domain/timeline_source.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { ContactNode } from "./contact.ts";

const TimelineEntryObject = builder.objectRef<TimelineEntry>("TimelineEntry").implement({
  description: "Event of a contact.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Time of the event." }),
    text: t.exposeString("text", { description: "Explanation for people." }),
    subject: t.node({
      description:
        "Object that it is about: a delivery, a quote, an order, a thread, a mail, an entry of the " +
        "suppression list, or the contact; null if it was deleted since.",
      id: ({ noun, subjectId }) => toTypeId(noun, subjectId),
    }),
  }),
});

builder.objectField(ContactNode, "timeline", (t) =>
  t.connection({
    type: TimelineEntryObject,
    description:
      "Events of the contact, latest first: its sign-up, deliveries to its addresses with their " +
      "attempts, its quotes, orders and mails, and entries of the suppression list. A MEMBER sees " +
      "deliveries of its own messages only.",
    resolve: (contact, page, { services, caller }) => readTimeline(services, caller, contact, page),
  }, ...connectionNames("TimelineEntry")));
