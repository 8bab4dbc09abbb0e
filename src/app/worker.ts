import { getLogger } from "@logtape/logtape";
import type { Config } from "../config/config.ts";
import { watchEventLoop } from "../server/ops/event_loop.ts";
import { startProbes } from "../server/ops/probes.ts";
import { startConfiguredBackground } from "./background.ts";
import { startHoldWatch } from "./hold_watch.ts";
import { listen } from "./listen.ts";
import { endStep, STOP } from "../domain/stop.ts";
import { closeServices, healthOf, openServices } from "./services.ts";
import { storedMetrics } from "./stored_metrics.ts";
import { watchStopSignals } from "./stop_signal.ts";

const log = getLogger(["waybill"]);

/**
 * Runs jobs, without serving requests, until a stop signal.
 *
 * @param port port of probes and metrics; null: none
 * @param held whether to put the installation on hold
 * @returns false if results of deliveries or jobs could not be recorded at the stop
 */
export async function runWorker(
  config: Config,
  port: number | null,
  held: boolean,
): Promise<boolean> {
  const watching = watchStopSignals();
  const opened = await openServices(config);
  const { services } = opened;
  const holdWatch = await startHoldWatch(opened, config, held);
  const stopSignal = watching();
  const eventLoop = watchEventLoop();
  const background = await startConfiguredBackground(opened, config, eventLoop.takeLongestMs);
  const health = { ...healthOf(services), ...background.health, sending: holdWatch.sending };
  const { host, jwt, metricsToken } = config;
  const metrics = { stored: storedMetrics(services), eventLoop, meter: opened.meter };
  const stopProbes = port === null
    ? null
    : await listen(`${host}, port ${port}`, background, () =>
      startProbes({ host, port, services, health, metrics, jwt, metricsToken }));
  log.info("Worker started");
  await stopSignal;
  const stoppedAt = performance.now();
  const [recorded] = await Promise.all([
    background.stop(),
    stopProbes && endStep("Ending the probes", stoppedAt + STOP.recorded, stopProbes()),
  ]);
  await endStep("Ending the check for a restore", stoppedAt + STOP.disconnected, holdWatch.stop());
  await closeServices(services, stoppedAt);
  return recorded;
}
