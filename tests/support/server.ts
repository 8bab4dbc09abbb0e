import { type Client, createClient } from "graphql-ws";
import type { GraphQLSchema } from "graphql";
import { schema as waybill } from "../../schema/schema.ts";
import type { Database } from "../../src/db/database.ts";
import type { Role } from "../../src/domain/access/access.ts";
import { createApiKey } from "../../src/domain/access/api_keys.ts";
import { storedMetrics } from "../../src/app/stored_metrics.ts";
import { registerProviders } from "../../src/domain/providers/register.ts";
import type { Services } from "../../src/domain/services.ts";
import { createVault } from "../../src/domain/vault.ts";
import { createBus } from "../../src/events/bus.ts";
import { createImageCodec } from "../../src/images/image_codec.ts";
import { watchEventLoop } from "../../src/server/ops/event_loop.ts";
import { createQuoteImages } from "../../src/server/quote_images.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server/server.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";

/** A server on a free port with one provider, an organization and a key of each role. */
export interface TestServer {
  readonly url: string;
  readonly services: Services;
  readonly organization: TestOrganization;
  /** Secrets of the keys. */
  readonly keys: Readonly<Record<Role, string>>;
  /** Posts an operation; by default as ADMIN; key null: without a key. */
  post(query: string, options?: PostOptions): Promise<GraphQLResponse>;
  /** Opens a graphql-transport-ws client; by default as ADMIN. */
  connect(key?: string): Client;
  shutdown: RunningServer["shutdown"];
}

export interface PostOptions {
  readonly variables?: Record<string, unknown>;
  readonly key?: string | null;
  readonly accept?: string;
}

export interface GraphQLResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: GraphQLBody;
}

export interface GraphQLBody {
  // deno-lint-ignore no-explicit-any
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

export interface TestServerOptions extends Partial<Omit<ServerOptions, "services">> {
  readonly schema?: GraphQLSchema;
}

/** Runs `test` with a server on `db`, and shuts it down afterwards. */
export async function withServer(
  db: Database,
  test: (server: TestServer) => Promise<void>,
  options: TestServerOptions = {},
): Promise<void> {
  const smtp = { channel: "EMAIL", name: "smtp.example.com:587", perSecond: 50 } as const;
  const providers = await registerProviders({ db }, [smtp]);
  const services: Services = {
    db,
    bus: createBus(),
    vault: createVault(() => Promise.resolve("a secret of this test")),
    settings: {
      version: "1.2.3",
      providerIds: providers.map(({ id }) => id),
      mailCaptured: false,
      variables: [{ name: "SMTP_URLS", set: true }, { name: "PORT", set: false }],
    },
  };
  const organization = await createOrganization(db);
  const [operator, admin, member] = await Promise.all([
    createApiKey(services, organization.operator, { name: "operator", role: "OPERATOR" }),
    createApiKey(services, organization.operator, { name: "admin", role: "ADMIN", userId: "ada" }),
    createApiKey(services, organization.operator, { name: "max", role: "MEMBER", userId: "max" }),
  ]);
  const keys = { OPERATOR: operator.secret, ADMIN: admin.secret, MEMBER: member.secret };
  const eventLoop = watchEventLoop();
  const running = startServer({
    host: "127.0.0.1",
    port: 0,
    services,
    schema: waybill,
    jwt: null,
    health: {},
    metrics: { stored: storedMetrics(services), eventLoop },
    metricsToken: null,
    imports: {},
    quoteImages: createQuoteImages(services, createImageCodec()),
    webhooks: { secret: null, mailgunSigningKey: null, snsTopicArns: [] },
    cronSecret: null,
    dashboard: new URL("./no_dashboard/", import.meta.url),
    ...options,
  });
  const url = `${running.address}/graphql`;
  const clients: Client[] = [];
  try {
    await test({
      url,
      services,
      organization,
      keys,
      post: (query, options) => post(url, query, { key: keys.ADMIN, ...options }),
      connect(key = keys.ADMIN) {
        const client = createClient({
          url: url.replace("http", "ws"),
          connectionParams: { authorization: `Bearer ${key}` },
          retryAttempts: 0,
        });
        clients.push(client);
        return client;
      },
      shutdown: running.shutdown,
    });
  } finally {
    await Promise.all(clients.map((client) => client.dispose()));
    await running.shutdown();
    eventLoop.stop();
    await services.bus.close();
  }
}

async function post(
  url: string,
  query: string,
  { variables, key, accept = "application/json" }: PostOptions,
): Promise<GraphQLResponse> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      accept,
      "content-type": "application/json",
      ...key && { authorization: `Bearer ${key}` },
    },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
