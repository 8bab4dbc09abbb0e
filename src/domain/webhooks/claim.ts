/** Claim of the job that delivers the events of an endpoint. Every write of the job names it. */
export interface EndpointClaim {
  readonly jobId: string;
  readonly fence: number;
  readonly endpointId: string;
  readonly organizationId: string;
}

/** SQL: a WITH query that has a row while the claim ($1: job, $2: fence) holds, and locks its job. */
export const OWN_CLAIM =
  `own as materialized (select from jobs where id = $1 and fence = $2 for no key update)`;
