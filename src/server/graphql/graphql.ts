import type { GraphQLSchema } from "graphql";
import { createYoga, isAsyncIterable, type Plugin, type YogaServerInstance } from "graphql-yoga";
import type { Caller, Session } from "../../domain/access/access.ts";
import type { Services } from "../../domain/services.ts";
import { toClientError } from "../errors.ts";
import { useLimits } from "./limits.ts";
import { useRequestBody } from "./request_body.ts";
import type { Sessions } from "./sessions.ts";
import { guardStream } from "./streams.ts";
import { useUnavailable } from "./unavailable.ts";

/** Context of a request that the server adds before it is executed. */
export interface ServerContext {
  readonly session: Session;
  /** True for an operation over a WebSocket, which is closed when its session ends. */
  readonly overSocket: boolean;
}

/** Context of the resolvers. */
export interface ResolverContext {
  readonly services: Services;
  readonly caller: Caller;
}

/** Handler of GraphQL requests over HTTP, Server-Sent Events included. */
export type GraphQLEngine = YogaServerInstance<ServerContext, ResolverContext>;

/** Enough for 10,000 recipients with variables; larger lists use POST /import/recipients. */
export const MAX_BODY_BYTES = 16_000_000;

/** Creates the GraphQL engine, which answers HTTP and executes the operations of WebSockets. */
export function createGraphQL(
  schema: GraphQLSchema,
  services: Services,
  sessions: Sessions,
): GraphQLEngine {
  return createYoga<ServerContext, ResolverContext>({
    schema,
    context: ({ session }) => ({ services, caller: session.caller }),
    plugins: [
      useRequestBody(MAX_BODY_BYTES),
      useLimits(),
      useGuardedStreams(sessions),
      useUnavailable(),
    ],
    maskedErrors: { maskError: toClientError },
    maxRequestBodySize: false,
    graphqlEndpoint: "/graphql",
    // Off, because it would keep documents of megabytes; see DocumentCache.
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
