import { type Connection, statement } from "../../db/database.ts";
import type { Provider, ProviderState } from "./provider.ts";

const PROVIDER =
  `id, channel, name, enabled, coalesce(limit_override, configured_limit) as "perSecond",
  state, since, error_type as "errorType", error_code as "errorCode", error_message as "errorMessage"`;

/** Columns of a provider under the names of `ProviderState`, as SQL text. */
export const STATE = `${PROVIDER}, epoch, openings, error_pauses as "errorPauses", credentials,
  extract(epoch from retry_at - clock_timestamp())::float8 * 1000 as "retryMs"`;

const READ = statement<[ids: string[]], ProviderState>(
  "providers.read",
  `select ${STATE} from providers where id = any($1)`,
);

const FIND = statement<[ids: string[]], Provider>(
  "providers.find",
  `select ${PROVIDER} from providers where id = any($1)`,
);

/** Finds providers by id, with the fields that sending needs. */
export function readStates(db: Connection, ids: readonly string[]): Promise<ProviderState[]> {
  return db.run(READ, [...ids]);
}

/** Finds providers by id, without their credentials, for the API. */
export function findProviders(db: Connection, ids: readonly string[]): Promise<Provider[]> {
  return db.run(FIND, [...ids]);
}
