import { join } from "node:path";
import { statement } from "../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../src/db/embedded.ts";
import { settleCall } from "../../src/domain/ai_usage/settle.ts";
import { createBus } from "../../src/events/bus.ts";
import { ageCall, answered, MODEL, newCall, reserve } from "../support/ai_usage.ts";

const ORGANIZATION = statement<[], { id: string }>(
  "test.organizationOfCalls",
  "select id from organizations where id in (select organization_id from api_keys) limit 1",
);

/**
 * Inserts calls of the language model over the last 20 days: 6 a day that succeed, one a day of a model without a
 * price, and two that failed today.
 *
 * @param dataDir DATA_DIR of a program that does not run
 */
export async function insertAiCalls(dataDir: string): Promise<void> {
  const db = await openEmbeddedDatabase(join(dataDir, "database"), (error) => {
    throw error;
  });
  const services = { db, bus: createBus() };
  const [organization] = await db.run(ORGANIZATION);
  if (!organization) throw new Error("The database has no organization with an API key");
  const make = async (
    daysAgo: number,
    fields: Parameters<typeof newCall>[1],
    result = answered(
      2_400,
      900 + 37 * daysAgo,
    ),
  ) => {
    const call = await reserve(services, newCall(organization.id, fields));
    await settleCall(services, call, result);
    await ageCall(db, call, `${daysAgo} days`);
  };
  for (let day = 0; day < 20; day++) {
    for (const kind of ["QUOTE", "QUOTE", "QUOTE", "REPLY", "LEARNING"] as const) {
      await make(day, { kind });
    }
    await make(day, { kind: "PROMPT_TRIAL", model: "gpt-4.1" });
    await make(day, { kind: "REPLY", model: "llama3.2" });
  }
  const error = { type: "RATE_LIMIT", code: "429", message: "Rate limit reached for requests" };
  const failed = { usage: null, firstTokenMs: null, durationMs: 120, error } as const;
  await make(0, { kind: "QUOTE" }, { outcome: "FAILED", ...failed });
  await make(0, { kind: "QUOTE", model: MODEL }, { outcome: "TIMED_OUT", ...failed });
  await services.bus.close();
  await db.close();
}
