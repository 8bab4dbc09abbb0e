import { getLogger } from "@logtape/logtape";
import type { Config } from "../config/config.ts";
import { startProbes } from "../server/ops/probes.ts";
import { startConfiguredBackground } from "./background.ts";
import { listen } from "./listen.ts";
import { closeServices, figuresOf, healthOf, openServices } from "./services.ts";
import { untilStopSignal } from "./stop_signal.ts";

const log = getLogger(["waybill"]);

/**
 * Runs jobs without taking requests, until the process is told to stop.
 *
 * @param port where probes and metrics are answered; null: nowhere
 */
export async function runWorker(config: Config, port: number | null): Promise<void> {
  const opened = await openServices(config);
  const { services } = opened;
  const background = await startConfiguredBackground(opened, config);
  const health = { ...healthOf(services), ...background.health };
  const figures = figuresOf(services);
  const stopProbes = port === null
    ? null
    : await listen(`${config.host}, port ${port}`, background, () =>
      startProbes({ host: config.host, port, services, health, figures }));
  log.info("The worker has started");
  await untilStopSignal();
  await Promise.all([stopProbes?.(), background.stop()]);
  await closeServices(services);
}
