import type { OutgoingMail } from "../../src/channels/channel.ts";

/** A rendered mail to Ada. */
export const MAIL: OutgoingMail = {
  deliveryId: "dlv_1",
  to: { address: "ada@example.net", name: null },
  subject: "News",
  text: "News",
  html: null,
};
