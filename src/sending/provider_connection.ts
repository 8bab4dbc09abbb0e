import { getLogger } from "@logtape/logtape";
import type { DeliveryError } from "../channels/channel.ts";
import { readStates } from "../domain/providers/find.ts";
import type { ProviderState } from "../domain/providers/provider.ts";
import type { Services } from "../domain/services.ts";
import type { Credentials } from "../domain/vault.ts";
import { Circuit } from "./circuit.ts";
import type { Configured, Registered } from "./configured_provider.ts";
import { unreadableCredentials } from "./provider_errors.ts";

const log = getLogger(["waybill", "providers"]);

/** Circuit of one provider, and its connection, which is opened again when its credentials change. */
export class ProviderConnection<Connection extends { close(): unknown }> {
  readonly circuit: Circuit;
  readonly #services: Services;
  readonly #configured: Configured<Connection>;
  #current: Connection | null = null;
  /** Credentials that the connection was opened with; undefined before it was opened. */
  #sealed: string | null | undefined;
  #fault: DeliveryError | null = null;
  #adopting: Promise<void> = Promise.resolve();

  private constructor(services: Services, registered: Registered<Configured<Connection>>) {
    this.#services = services;
    this.#configured = registered.configured;
    this.circuit = new Circuit(services, registered, () => this.reread());
  }

  /** Opens a registered provider. It connects when it is first used. */
  static async open<Connection extends { close(): unknown }>(
    services: Services,
    registered: Registered<Configured<Connection>>,
  ): Promise<ProviderConnection<Connection>> {
    const connection = new ProviderConnection(services, registered);
    await connection.adopt(registered.state);
    return connection;
  }

  get id(): string {
    return this.circuit.state.id;
  }

  get name(): string {
    return this.#configured.name;
  }

  /** Null if it could not be opened. */
  get current(): Connection | null {
    return this.#current;
  }

  /** Reason why the provider may not be used now; null: it may. */
  get obstacle(): DeliveryError | null {
    return this.#fault ?? this.circuit.obstacle;
  }

  /** Adopts a changed state; new credentials are used from then on. */
  adopt(state: ProviderState): Promise<void> {
    const adopt = async () => {
      if (state.epoch < this.circuit.state.epoch) return;
      if (state.credentials !== this.#sealed) await this.#reopen(state.credentials);
      // After reopening, so that errors of the old credentials are not recorded under the new epoch.
      this.circuit.adopt(state);
    };
    // States are adopted one after the other, also after a failure; each caller waits for its own.
    this.#adopting = this.#adopting.then(adopt, adopt);
    return this.#adopting;
  }

  async #reopen(sealed: string | null): Promise<void> {
    const previous = this.#current;
    try {
      this.#current = this.#configured.open(await this.#unseal(sealed));
      this.#fault = null;
    } catch (error) {
      this.#current = null;
      this.#fault = unreadableCredentials(error);
      log.error("Cannot open provider {name}", { name: this.name, error });
    }
    this.#sealed = sealed;
    // Not awaited, because the previous connection closes only after its current mail.
    Promise.try(() => previous?.close()).catch((error) =>
      log.warn("Cannot close the previous connections of provider {name}", {
        name: this.name,
        error,
      })
    );
  }

  async #unseal(sealed: string | null): Promise<Credentials | null> {
    if (sealed === null) return null;
    if (this.#services.vault) return await this.#services.vault.open(this.id, sealed);
    throw new Error("this process was started without a vault");
  }

  /** Reads the state of the provider again, for changes by operators and by other processes. */
  async reread(): Promise<void> {
    const [state] = await readStates(this.#services.db, [this.id]);
    if (state) await this.adopt(state);
  }

  async close(): Promise<void> {
    await Promise.all([this.#current?.close(), this.circuit.settled]);
  }
}
