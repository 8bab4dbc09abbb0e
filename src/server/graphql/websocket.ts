import { type ExecutionArgs, type ExecutionResult, GraphQLError } from "graphql";
import {
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  handleProtocols,
  makeServer,
  type SubscribePayload,
} from "graphql-ws";
import type { Session } from "../../domain/access/access.ts";
import type { Authenticate } from "../authentication.ts";
import { toClientError } from "../errors.ts";
import type { GraphQLEngine } from "./graphql.ts";
import type { Sessions } from "./sessions.ts";
import { CLOSE, closeSocket, type Connected, connectSocket, type Protocol } from "./socket.ts";

/** GraphQL over WebSocket: the graphql-transport-ws protocol. */
export interface WebSockets {
  upgrade(request: Request): Response;
  count(): number;
  /** Closes all with 1001, so that clients reconnect to another replica or after the restart. */
  closeAll(): void;
}

type Operation = Pick<ReturnType<GraphQLEngine["getEnveloped"]>, "execute" | "subscribe">;

// Per connection; far more than one page of a client needs.
const MAX_OPERATIONS = 500;
const TOO_MANY = new GraphQLError(
  `Cannot start the operation: at most ${MAX_OPERATIONS} can run at once over one connection`,
  { extensions: { code: "TOO_MANY_OPERATIONS" } },
);

/** Creates the WebSocket side of the endpoint. */
export function createWebSockets(
  engine: GraphQLEngine,
  authenticate: Authenticate,
  sessions: Sessions,
): WebSockets {
  const sockets = new Set<WebSocket>();
  const protocol = createProtocol(engine, authenticate, sessions);
  return {
    upgrade(request) {
      if (!handleProtocols(request.headers.get("sec-websocket-protocol") ?? "")) {
        const message = `Expected the WebSocket protocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL}`;
        return new Response(message, { status: 400 });
      }
      const { socket, response } = Deno.upgradeWebSocket(request, {
        protocol: GRAPHQL_TRANSPORT_WS_PROTOCOL,
        // In seconds without a message, after which Deno sends a ping.
        idleTimeout: 30,
      });
      sockets.add(socket);
      socket.addEventListener("close", () => sockets.delete(socket));
      connectSocket(protocol, socket);
      return response;
    },
    count: () => sockets.size,
    closeAll() {
      for (const socket of sockets) closeSocket(socket, CLOSE.goingAway, "Going away");
    },
  };
}

function createProtocol(
  engine: GraphQLEngine,
  authenticate: Authenticate,
  sessions: Sessions,
): Protocol {
  const operations = new WeakMap<ExecutionArgs, Operation>();
  return makeServer<Record<string, unknown>, Connected>({
    async onConnect({ connectionParams, extra }) {
      const { socket } = extra;
      const session = await signIn(authenticate, connectionParams, socket);
      // If the socket closed meanwhile, onClose has run already, and nothing would close a session that is
      // opened now.
      if (!session || socket.readyState !== WebSocket.OPEN) return false;
      extra.session = session;
      extra.open = sessions.open(session);
      extra.open.signal.addEventListener(
        "abort",
        () => closeSocket(socket, CLOSE.unauthorized, "Unauthorized"),
      );
      return true;
    },
    async onSubscribe({ extra: { session }, subscriptions }, _id, payload) {
      if (!session) throw new Error("Cannot subscribe: the connection was not initialised");
      // The new operation is already counted.
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [TOO_MANY];
      const prepared = await prepare(engine, session, payload);
      if ("errors" in prepared) return prepared.errors;
      operations.set(prepared.args, prepared.operation);
      return prepared.args;
    },
    execute: (args) => operations.get(args)?.execute(args),
    subscribe: (args) => operations.get(args)?.subscribe(args),
    onNext: (_context, _id, _payload, _args, result) => formatted(result),
    onError: (_context, _id, _payload, errors) => errors.map(withoutHttp),
    onClose: ({ extra }) => extra.open?.close(),
  });
}

async function signIn(
  authenticate: Authenticate,
  params: Readonly<Record<string, unknown>> | undefined,
  socket: WebSocket,
): Promise<Session | null> {
  try {
    const session = await authenticate(params?.authorization ?? params?.Authorization);
    // Closed here, because graphql-ws would close with 4403, after which its clients reconnect.
    if (!session) closeSocket(socket, CLOSE.unauthorized, "Unauthorized");
    return session;
  } catch (error) {
    closeSocket(socket, CLOSE.tryAgainLater, toClientError(error).message);
    return null;
  }
}

async function prepare(
  engine: GraphQLEngine,
  session: Session,
  params: SubscribePayload,
): Promise<
  { args: ExecutionArgs; operation: Operation } | { errors: readonly GraphQLError[] }
> {
  const { schema, parse, validate, contextFactory, ...operation } = engine.getEnveloped({
    session,
    overSocket: true,
    params,
  });
  try {
    const document = parse(params.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    const args = {
      schema,
      document,
      operationName: params.operationName,
      variableValues: params.variables,
      contextValue: await contextFactory(),
    };
    return { args, operation };
  } catch (error) {
    return { errors: [toClientError(error)] };
  }
}

function formatted({ errors, ...rest }: ExecutionResult) {
  return errors && { ...rest, errors: errors.map(withoutHttp) };
}

// Yoga adds the HTTP status to the extensions.
function withoutHttp(error: GraphQLError) {
  const { http: _status, ...extensions } = error.extensions ?? {};
  return { ...error.toJSON(), extensions };
}
