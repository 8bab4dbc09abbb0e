import { type Connection, statement } from "../../db/database.ts";

/** Enrolled contacts of one type of campaigns that are in no batch yet. */
export interface WaitingType {
  readonly type: string;
  readonly count: number;
}

const WAITING = statement<[organizationId: string], WaitingType>(
  "campaigns.waiting",
  `select type, sum(recipient_count - planned_count)::int8 as count from messages
   where organization_id = $1 and campaign_id is not null and planned_count < recipient_count
   group by 1`,
);

/** Counts the mails of campaigns that wait for their date, or for a cycle, without a check of access. */
export function readWaitingTypes(db: Connection, organizationId: string): Promise<WaitingType[]> {
  return db.run(WAITING, organizationId);
}
