import { join } from "node:path";
import { getLogger } from "@logtape/logtape";
import type { Config } from "../config/config.ts";
import {
  type DatabaseState,
  prepareStateReader,
  type StateReader,
} from "../domain/installation/database_state.ts";
import { advanceWitness, putOnHold } from "../domain/installation/hold.ts";
import { findRestore, type WitnessCopy } from "../domain/installation/restore.ts";
import type { Services } from "../domain/services.ts";
import { every } from "../queue/every.ts";
import type { OpenedServices } from "./services.ts";
import { WitnessFiles } from "./witness_files.ts";

const CHECK_MS = 2_000;
const REMIND_MS = 10 * 60_000;
// Longer than the time between two advances of the witness, also after a short outage.
const CONTINUED_MS = 30_000;
const REQUESTED = "Requested by the option --held";
const log = getLogger(["waybill", "hold"]);

/** Running watch of one process. */
export interface HoldWatch {
  /** Health check for /readyz: "held" while the installation is on hold, as of the last check. */
  sending(): true | "held";
  stop(): Promise<void>;
}

/**
 * Checks whether the database was restored from a backup, and puts the installation on hold if it was. Call it
 * before the process runs jobs. It repeats the check every 2 s, because a database can also go back while
 * processes run: in a failover to a standby that had not received the last changes.
 *
 * @param held puts the installation on hold, even if no restore is found
 */
export async function startHoldWatch(
  { services, witness }: Pick<OpenedServices, "services" | "witness">,
  { dataDir, witnessDir }: Pick<Config, "dataDir" | "witnessDir">,
  held: boolean,
): Promise<HoldWatch> {
  const reader = await prepareStateReader(
    services.db,
    (part, error) =>
      log.info("Cannot read {part}; a restore is recognized by other signs: {reason}", {
        part,
        reason: error instanceof Error ? error.message : String(error),
      }),
  );
  const directories = [join(dataDir, "witness"), ...witnessDir === null ? [] : [witnessDir]];
  const watch = new Watch(services, reader, new WitnessFiles(directories), witness);
  await watch.check();
  if (held) await watch.hold(REQUESTED);
  const unsubscribe = services.bus.subscribe("hold", () => watch.checkSoon());
  const repeated = every(CHECK_MS, "Checking the database for a restore", () => watch.check());
  return {
    sending: () => watch.held ? "held" : true,
    async stop() {
      unsubscribe();
      await repeated.stop();
    },
  };
}

/** Newest copy of the witness that a process has read. */
interface KnownWitness {
  /** Of the installation. */
  readonly id: string;
  /** Null: the installation has none. */
  readonly copy: WitnessCopy | null;
  /** Whether this process has advanced the witness; otherwise the copy was read from a file. */
  readonly own: boolean;
}

class Watch {
  held = false;
  readonly #services: Services;
  readonly #reader: StateReader;
  readonly #files: WitnessFiles;
  readonly #witness: OpenedServices["witness"];
  #known: KnownWitness | null = null;
  #checking = Promise.resolve();
  #remindedAt = -Infinity;

  constructor(
    services: Services,
    reader: StateReader,
    files: WitnessFiles,
    witness: OpenedServices["witness"],
  ) {
    this.#services = services;
    this.#reader = reader;
    this.#files = files;
    this.#witness = witness;
  }

  /** Checks once more, after a check in progress. */
  check(): Promise<void> {
    return this.#checking = this.#checking.catch(() => {}).then(() => this.#check());
  }

  checkSoon(): void {
    this.check().catch((error) => log.error("Cannot read the hold", { error }));
  }

  async hold(reason: string): Promise<void> {
    await putOnHold(this.#services, reason);
    await this.check();
  }

  async #check(): Promise<void> {
    const [state] = await this.#services.db.run(this.#reader);
    if (!state) throw new Error("The table installation has no row");
    if (this.held && !state.heldAt) log.warn("The hold was released: jobs run again");
    this.held = state.heldAt !== null;
    if (state.heldAt) return this.#remind(state.heldAt, state.holdReason);
    if (this.#known?.id !== state.id) {
      // The state is read again, because another process may have advanced the witness and its copy meanwhile.
      this.#known = { id: state.id, copy: await this.#files.read(state.id), own: false };
      return await this.#check();
    }
    const { copy, own } = this.#known;
    const reason = findRestore(state, copy, own && copy !== null && isRecent(state, copy));
    if (reason === null) return await this.#advance(state);
    await putOnHold(this.#services, reason);
    await this.#check();
  }

  async #advance(state: DatabaseState): Promise<void> {
    const advanced = await advanceWitness(this.#services, state);
    if (!advanced) return;
    const copy = { id: state.id, ...advanced };
    this.#known = { id: state.id, copy, own: true };
    this.#witness.number = advanced.number;
    await this.#files.write(copy);
  }

  #remind(since: Date, reason: string | null): void {
    if (performance.now() - this.#remindedAt < REMIND_MS) return;
    this.#remindedAt = performance.now();
    log.warn("On hold since {since}: nothing is sent until the mutation releaseHold. {reason}", {
      since: since.toISOString(),
      reason,
    });
  }
}

function isRecent({ witnessAt }: DatabaseState, { at }: WitnessCopy): boolean {
  return witnessAt.getTime() - at.getTime() < CONTINUED_MS;
}
