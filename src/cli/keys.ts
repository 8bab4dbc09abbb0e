import { type Command, Option } from "commander";
import { withLimit } from "./arguments.ts";
import { writeLine, writeNote } from "./terminal.ts";
import { ago } from "./format.ts";
import { Failure, graphql, type ResultOf } from "./graphql.ts";
import { payloadOf } from "./outcome.ts";
import { type Column, type JsonFlag, printMore, printRows, withJson } from "./rows.ts";
import { Server } from "./server.ts";

const KEYS = graphql(`
  query CliKeys($first: Int!) {
    apiKeys(first: $first) {
      nodes { id name role userId prefix createdAt lastUsedAt expiresAt revokedAt }
      pageInfo { hasNextPage }
    }
  }
`);

const CREATE = graphql(
  `
  mutation CliCreateKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      __typename
      ... on CreateApiKeyPayload { apiKey { id } secret }
      ...Failure
    }
  }
`,
  [Failure],
);

const REVOKE = graphql(
  `
  mutation CliRevokeKey($id: ID!) {
    revokeApiKey(id: $id) {
      __typename
      ... on RevokeApiKeyPayload { apiKey { id name } }
      ...Failure
    }
  }
`,
  [Failure],
);

type Key = ResultOf<typeof KEYS>["apiKeys"]["nodes"][number];

const COLUMNS: readonly Column<Key>[] = [
  { name: "id", value: ({ id }) => id },
  { name: "name", value: ({ name }) => name },
  { name: "role", value: ({ role }) => role },
  { name: "user", value: ({ userId }) => userId },
  { name: "prefix", value: ({ prefix }) => prefix },
  { name: "created", value: ({ createdAt }) => createdAt, text: ({ createdAt }) => ago(createdAt) },
  {
    name: "lastUsed",
    value: ({ lastUsedAt }) => lastUsedAt,
    text: ({ lastUsedAt }) => ago(lastUsedAt),
  },
  { name: "expires", value: ({ expiresAt }) => expiresAt, text: ({ expiresAt }) => ago(expiresAt) },
  { name: "revoked", value: ({ revokedAt }) => revokedAt, text: ({ revokedAt }) => ago(revokedAt) },
];

interface CreateFlags {
  readonly role: "MEMBER" | "ADMIN" | "OPERATOR";
  readonly user?: string;
}

/** Adds `keys create`, `keys list` and `keys revoke`. */
export function addKeys(program: Command): void {
  const keys = program.command("keys").description("manage the API keys of the organization");
  keys.command("create").description("create a key and print its secret, once")
    .argument("<name>", "purpose of the key")
    .addOption(
      new Option("--role <role>", "role of the key").choices(["MEMBER", "ADMIN", "OPERATOR"])
        .default("MEMBER"),
    )
    .option("--user <id>", "user on whose behalf the key acts")
    .addHelpText("after", '\nExample:\n  waybill keys create "shop backend" --role ADMIN')
    .action(createKey);
  withJson(withLimit(keys.command("list"))).description("list the keys, without their secrets")
    .addHelpText("after", "\nExample:\n  waybill keys list --json name,lastUsed")
    .action(listKeys);
  keys.command("revoke").description("revoke a key at once")
    .argument("<id>", "key_…")
    .addHelpText("after", "\nExample:\n  waybill keys revoke key_01h45ytscbebyvny4gc8cr8ma2")
    .action(revokeKey);
}

async function createKey(name: string, { role, user }: CreateFlags): Promise<void> {
  const input = { name, role, userId: user };
  const { createApiKey } = await new Server().query(CREATE, { input });
  const { secret } = payloadOf(createApiKey, `Cannot create the key "${name}"`);
  writeNote("Keep this secret; it is not shown again:");
  writeLine(secret);
}

async function listKeys(
  flags: { readonly limit: number; readonly json?: JsonFlag },
): Promise<void> {
  const { apiKeys } = await new Server().query(KEYS, { first: flags.limit });
  printRows(apiKeys.nodes, COLUMNS, { json: flags.json, empty: "No keys" });
  printMore(apiKeys.pageInfo.hasNextPage, flags);
}

async function revokeKey(id: string): Promise<void> {
  const { revokeApiKey } = await new Server().query(REVOKE, { id });
  const { apiKey } = payloadOf(revokeApiKey, `Cannot revoke ${id}`);
  writeLine(`Revoked ${apiKey.id} (${apiKey.name})`);
}
