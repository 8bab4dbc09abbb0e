import { userReleaser } from "../person.ts";

/** Removes a user from the audiences that it has imported. */
export const eraseUserFromAudiences = userReleaser("audiences.eraseUser", "audiences");
