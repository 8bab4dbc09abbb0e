import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Audience } from "./audience.ts";
import { AUDIENCE_COLUMNS, getAudience } from "./find.ts";
import { checkAudienceName } from "./name.ts";

const RENAME = statement<[organizationId: string, id: string, name: string], Audience>(
  "audiences.rename",
  `update audiences set name = $3 where organization_id = $1 and id = $2
   returning ${AUDIENCE_COLUMNS}`,
);

/**
 * Changes the name of an audience.
 *
 * @param name 1 to 200 characters
 * @throws {NotFoundError} also for an audience that the caller may not see
 * @throws {InvalidInputError} for a name that is empty, too long or not a single line
 */
export async function renameAudience(
  services: Services,
  caller: Caller,
  id: string,
  name: string,
): Promise<Audience> {
  const { organizationId } = await getAudience(services, caller, id);
  checkAudienceName(name);
  const [audience] = await services.db.run(RENAME, organizationId, id, name.trim());
  if (!audience) throw new NotFoundError([toTypeId("audience", id)]);
  services.bus.publish("audiences", organizationId, [id]);
  return audience;
}
