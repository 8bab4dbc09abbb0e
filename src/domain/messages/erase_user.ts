import { userReleaser } from "../person.ts";

/** Removes a user from the messages that it has sent. */
export const eraseUserFromMessages = userReleaser("messages.eraseUser", "messages");
