import type { GraphQLSchema } from "graphql";
import { createYoga, isAsyncIterable, type Plugin, type YogaServerInstance } from "graphql-yoga";
import type { Caller, Session } from "../../domain/access/access.ts";
import type { Services } from "../../domain/services.ts";
import { toClientError } from "../errors.ts";
import { useLimits } from "./limits.ts";
import type { Sessions } from "./sessions.ts";
import { guardStream } from "./streams.ts";

/** What the server knows of one request, before the resolvers see it. */
export interface ServerContext {
  readonly session: Session;
  /** True for what goes over a WebSocket, which is closed when its session ends. */
  readonly overSocket: boolean;
}

/** What every resolver works with. */
export interface ResolverContext {
  readonly services: Services;
  readonly caller: Caller;
}

export type GraphQLEngine = YogaServerInstance<ServerContext, ResolverContext>;

// Room for 10,000 recipients with variables of their own; more go to POST /import/recipients.
export const MAX_BODY_BYTES = 16_000_000;

/** Makes what answers GraphQL over HTTP, and parses, validates and executes for WebSockets. */
export function createGraphQL(
  schema: GraphQLSchema,
  services: Services,
  sessions: Sessions,
): GraphQLEngine {
  return createYoga<ServerContext, ResolverContext>({
    schema,
    context: ({ session }) => ({ services, caller: session.caller }),
    plugins: [useLimits(), useGuardedStreams(sessions)],
    maskedErrors: { maskError: toClientError },
    maxRequestBodySize: MAX_BODY_BYTES,
    graphqlEndpoint: "/graphql",
    // Documents may be megabytes long, and cached validation would not see the variables.
    parserAndValidationCache: false,
    multipart: false,
    batching: false,
    landingPage: false,
    graphiql: false,
    cors: false,
    logging: false,
  });
}

function useGuardedStreams(sessions: Sessions): Plugin<ServerContext> {
  return {
    onSubscribe: ({ args }) => ({
      onSubscribeResult({ result, setResult }) {
        if (!isAsyncIterable(result)) return;
        const { session, overSocket } = args.contextValue;
        setResult(guardStream(result, overSocket ? null : sessions.open(session)));
      },
    }),
  };
}
