import { LONG, statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { newId } from "../../src/domain/id.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { Services } from "../../src/domain/services.ts";
import { templates } from "./smtp_send.ts";

const FILL = statement<[organizationId: string, id: string, count: number]>(
  "bench.fillAudience",
  `with a as (
     insert into audiences (id, organization_id, name, recipient_count, import_status, variable_names)
     values ($2, $1, 'bench', $3, 'FINISHED', '{n}')
   )
   insert into audience_recipients (organization_id, audience_id, n, address, name, variables)
   select $1, $2, n, 'person' || n || '@example.net', 'Person ' || n, jsonb_build_object('n', n)
   from generate_series(1, $3) n`,
  LONG,
);

/** Creates an audience of `count` recipients. */
export async function fillAudience(
  { db }: Services,
  { organizationId }: Caller,
  count: number,
): Promise<string> {
  const id = newId();
  await db.run(FILL, organizationId, id, count);
  return id;
}

const STATUS = statement<[id: string], { status: string }>(
  "bench.status",
  "select status from messages where id = $1",
);

/** Sends a message to an audience and returns when it is SENT; throws if a delivery fails. */
export async function sendAndWait(
  services: Services,
  caller: Caller,
  audienceId: string,
  retry: SendMessageInput["retry"] = { mode: "MANUAL", maxAttempts: 3 },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { message } = await sendMessage(services, caller, {
    title: "Bench",
    channel: "EMAIL",
    type: "bench",
    lane: "BULK",
    priority: 0,
    content: templates,
    to: { audienceId },
    retry,
    onUnknown: "HOLD",
    unsubscribable: false,
  });
  const end = services.bus.subscribe("messages", async () => {
    const [row] = await services.db.run(STATUS, message.id);
    if (row?.status === "SENT") resolve();
    if (row?.status === "PARTIALLY_SENT" || row?.status === "FAILED") reject(new Error(row.status));
  });
  await promise.finally(end);
}
