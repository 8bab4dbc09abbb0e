import { getLogger } from "@logtape/logtape";
import type { Config } from "../config/config.ts";
import { startProbes } from "../server/ops/probes.ts";
import { startConfiguredBackground } from "./background.ts";
import { listen } from "./listen.ts";
import { closeServices, healthOf, metricsSourceOf, openServices } from "./services.ts";
import { untilStopSignal } from "./stop_signal.ts";

const log = getLogger(["waybill"]);

/**
 * Runs jobs, without serving requests, until a stop signal.
 *
 * @param port port of probes and metrics; null: none
 */
export async function runWorker(config: Config, port: number | null): Promise<void> {
  const opened = await openServices(config);
  const { services } = opened;
  const background = await startConfiguredBackground(opened, config);
  const health = { ...healthOf(services), ...background.health };
  const metricsSource = metricsSourceOf(services);
  const stopProbes = port === null
    ? null
    : await listen(`${config.host}, port ${port}`, background, () =>
      startProbes({ host: config.host, port, services, health, metricsSource }));
  log.info("Worker started");
  await untilStopSignal();
  await Promise.all([stopProbes?.(), background.stop()]);
  await closeServices(services);
}
