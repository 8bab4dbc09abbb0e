import type { Caller } from "../access/access.ts";
import { requireOperator } from "../access/access.ts";
import { beginDeletion } from "../access/delete_organization.ts";
import { getOrganization } from "../access/organizations.ts";
import { ConflictError, invalid, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { getJob } from "../jobs/find.ts";
import type { Job } from "../jobs/job.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { cancelActive } from "../messages/erase.ts";
import type { Services } from "../services.ts";

/**
 * Deletes an organization with all of its rows. From now on callers do not find it, its keys and tokens are
 * refused, and its messages are cancelled; a job of the caller's organization deletes the rows.
 *
 * @param id database id
 * @param name name of the organization, to confirm the deletion
 * @returns the job
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {NotFoundError} also for the system organization
 * @throws {ConflictError} NOT_DELETABLE for the organization of the caller
 * @throws {InvalidInputError} path `name`, if it is another name
 */
export async function deleteOrganization(
  services: Services,
  caller: Caller,
  id: string,
  name: string,
): Promise<Job> {
  requireOperator(caller, "delete an organization");
  const organization = await getOrganization(services, caller, id);
  const typeId = toTypeId("organization", id);
  if (id === caller.organizationId) {
    const reason = `Cannot delete organization ${typeId}: it is the organization of the caller`;
    throw new ConflictError("NOT_DELETABLE", reason);
  }
  if (name.trim() !== organization.name) {
    const message = `must be the name of the organization: ${JSON.stringify(organization.name)}`;
    throw invalid(["name"], "MISMATCH", message);
  }
  const { organizationId, userId } = caller;
  const jobIds = await services.db.transaction(async (tx) => {
    if (!await beginDeletion(tx, id)) throw new NotFoundError([typeId]);
    return await enqueueJobs(tx, [
      { organizationId, userId, kind: "DELETE_ORGANIZATION", payload: { organizationId: id } },
    ]);
  });
  services.bus.publish("access", id, null);
  services.bus.publish("jobs", organizationId, jobIds);
  wakeWorkers(services, [JOB_KINDS.DELETE_ORGANIZATION.lane]);
  // The job cancels them, too, in case this process dies first.
  await cancelActive(services.db, id);
  services.bus.publish("messages", id, null);
  return await getJob(services, caller, jobIds[0] ?? "");
}
