// Sending with a webhook endpoint that gets all events, compared with sending without one: same mails, same sink.
import { measureAlternately, perSecond, report } from "./report.ts";
import { MAILS, startSink } from "./smtp_send.ts";
import { throughWaybill } from "./waybill_send.ts";

const ROUNDS = 5;

const receiver = new Deno.Command(Deno.execPath(), {
  args: ["run", "--allow-net", new URL("./webhook_sink.ts", import.meta.url).pathname],
  stdout: "piped",
}).spawn();
const output = receiver.stdout.getReader();
const url = new TextDecoder().decode((await output.read()).value).trim();
const { port, stop } = await startSink();
const rates = await measureAlternately(ROUNDS, {
  without: () => throughWaybill(port),
  with: () => throughWaybill(port, url),
});
await stop();
await output.cancel();
receiver.kill();
await receiver.status;
report(`${MAILS} mails, no endpoint`, perSecond(rates.without ?? NaN));
report("the same, an endpoint that gets every event", perSecond(rates.with ?? NaN));
report("with / without", ((rates.with ?? NaN) / (rates.without ?? NaN)).toFixed(3));
