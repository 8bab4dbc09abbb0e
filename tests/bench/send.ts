// One message, everything recorded, compared with a bare nodemailer pool: same mails, same sink. Like a
// process, with two providers, circuits, and a shared rate limit that is never reached.
import { measureAlternately, perSecond, report } from "./report.ts";
import { CONNECTIONS, MAILS, startSink, throughPool } from "./smtp_send.ts";
import { throughWaybill } from "./waybill_send.ts";

const ROUNDS = 3;

const { port, stop } = await startSink();
const rates = await measureAlternately(ROUNDS, {
  pool: () => throughPool(port),
  waybill: () => throughWaybill(port),
});
await stop();
const { pool = NaN, waybill = NaN } = rates;
report(`bare nodemailer pool, ${CONNECTIONS} connections`, perSecond(pool));
report(`Waybill, ${MAILS} mails, everything recorded`, perSecond(waybill));
report("Waybill / bare pool", (waybill / pool).toFixed(2));
