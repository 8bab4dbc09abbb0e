import type { ModelError } from "../../ai/openai_failure.ts";
import { statement } from "../../db/database.ts";
import { errorPattern } from "../problems/pattern.ts";
import { fingerprintOf, reportProblems } from "../problems/report.ts";
import type { Services } from "../services.ts";

/** Failed request to the language model. */
export interface FailedCall {
  readonly organizationId: string;
  /** Job that waits because of it. */
  readonly jobId: string;
  readonly model: string;
  /** Name of the provider: "api.openai.com". */
  readonly provider: string;
  readonly error: Pick<ModelError, "type" | "code" | "message">;
}

const FINGERPRINT = fingerprintOf({
  source: "'AI_CALL'",
  origin: "$3",
  provider: "$4",
  errorType: "$5",
  code: "$6",
  pattern: "$7",
});

const REPORT = statement<
  [
    organizationId: string,
    jobId: string,
    model: string,
    provider: string,
    errorType: string,
    code: string | null,
    pattern: string,
    message: string,
  ]
>(
  "aiCalls.reportProblem",
  reportProblems(`
    select $1::uuid as organization_id, ${FINGERPRINT} as fingerprint, 'AI_CALL' as source,
      $3::text as origin, $4::text as provider, $5::text as error_type, $6::text as code,
      $7::text as pattern, $2::uuid as affected_id, $2::uuid as subject_id, $8::text as message`),
);

/**
 * Reports a failed request as a problem. Call it only if the job waits because of the failure: a request that fails its
 * job is a problem of the job.
 */
export async function reportFailedCall(
  { db }: Pick<Services, "db">,
  { organizationId, jobId, model, provider, error: { type, code, message } }: FailedCall,
): Promise<void> {
  await db.run(
    REPORT,
    organizationId,
    jobId,
    model,
    provider,
    type,
    code,
    errorPattern(message),
    message,
  );
}
