import type { OutgoingMail } from "../../src/channels/channel.ts";

/** A mail to Ada, rendered. */
export const MAIL: OutgoingMail = {
  deliveryId: "dlv_1",
  to: { address: "ada@example.net", name: null },
  subject: "News",
  text: "News",
  html: null,
};
