import { GraphQLError } from "graphql";
import { Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { routePath } from "hono/route";
import type { Caller, Session } from "../domain/access/access.ts";
import type { Authenticate } from "./authentication.ts";
import { errorResponse, failureResponseTo, unauthenticated } from "./errors.ts";
import { createGraphiQL } from "./graphql/graphiql.ts";
import { prepareEventStream } from "./graphql/event_streams.ts";
import type { GraphQLEngine } from "./graphql/graphql.ts";
import { createProbes, type ProbeParts } from "./ops/probes.ts";
import type { WebSockets } from "./graphql/websocket.ts";
import type { QuoteImages } from "./quote_images.ts";

/** Answers a request of an authenticated caller. */
export type CallerHandler = (request: Request, caller: Caller) => Promise<Response>;

/** Handlers and options of the routes. */
export interface RouteParts {
  readonly authenticate: Authenticate;
  /** Reason for a caller whose credentials are refused. */
  readonly describeRefusal: (credentials: string | null) => Promise<string>;
  readonly graphql: GraphQLEngine;
  readonly webSockets: WebSockets;
  readonly probes: ProbeParts;
  /** Handlers of POST /import/<name>, by name. */
  readonly imports: Readonly<Record<string, CallerHandler>>;
  readonly quoteImages: QuoteImages;
  /** Milliseconds after which a client of an event stream that reads nothing is disconnected. */
  readonly readerDeadlineMs?: number;
  /** Routes that verify a signature instead of an API key or JWT. */
  readonly signed: readonly Hono[];
  readonly dashboard: Hono;
}

/** Creates all routes of the server. */
export function createRoutes(parts: RouteParts): Hono {
  const { graphql, webSockets, probes, quoteImages } = parts;
  const graphiql = createGraphiQL();
  const app = new Hono();

  app.use(async (context, next) => {
    const startedAt = performance.now();
    await next();
    const seconds = (performance.now() - startedAt) / 1000;
    const { req: { method }, res: { status } } = context;
    probes.metrics.recordRequest(routePath(context, -1), method, status, seconds);
  });
  app.use("/graphql", allowAnyOrigin());
  app.use("/import/*", allowAnyOrigin());
  app.use("/quotes/:quote/images/*", allowAnyOrigin());

  app.route("/", createProbes(probes));
  app.all("/graphql", ({ req: { raw } }) => {
    if (raw.headers.get("upgrade")?.toLowerCase() === "websocket") return webSockets.upgrade(raw);
    if (wantsGraphiQL(raw)) return graphiql(raw);
    return withSession(raw, async (session) => {
      const response = await graphql.handle(raw, { session, overSocket: false });
      return prepareEventStream(response, parts.readerDeadlineMs);
    });
  });
  for (const [name, handle] of Object.entries(parts.imports)) {
    app.post(
      `/import/${name}`,
      ({ req: { raw } }) => withSession(raw, ({ caller }) => handle(raw, caller)),
    );
  }
  app.post(
    "/quotes/:quote/images",
    ({ req }) =>
      withSession(req.raw, ({ caller }) => quoteImages.add(req.raw, caller, req.param("quote"))),
  );
  app.get("/quotes/:quote/images/:image", ({ req }) => {
    const { quote, image } = req.param();
    return withSession(req.raw, ({ caller }) => quoteImages.show(caller, quote, image));
  });
  for (const routes of parts.signed) app.route("/", routes);
  // Last, because its page answers every address that is left.
  app.route("/", parts.dashboard);
  app.notFound(() =>
    errorResponse(404, new GraphQLError("Cannot find a route for this method and path"))
  );
  app.onError((error, { req }) => failureResponseTo(req.raw, error));
  return app;

  async function withSession(
    request: Request,
    handle: (session: Session) => Response | Promise<Response>,
  ): Promise<Response> {
    const credentials = request.headers.get("authorization");
    const session = await parts.authenticate(credentials);
    if (session) return await handle(session);
    return errorResponse(
      401,
      unauthenticated(await parts.describeRefusal(credentials)),
      { "www-authenticate": "Bearer" },
    );
  }
}

// Any origin is allowed, because browsers never add an Authorization header automatically. Only preflight requests use
// Hono's middleware: it would copy the body of each response into a new one.
function allowAnyOrigin(): MiddlewareHandler {
  const answerPreflight = cors();
  return async (context, next) => {
    if (context.req.method === "OPTIONS") return await answerPreflight(context, next);
    await next();
    // The headers of an upgrade to WebSocket cannot be changed.
    const { status, headers } = context.res;
    if (status !== 101) headers.set("access-control-allow-origin", "*");
    if (status === 503) headers.set("access-control-expose-headers", "retry-after");
  };
}

// True if a browser opens the endpoint. The query string is ignored, because GraphiQL stores its state there.
function wantsGraphiQL({ method, headers }: Request): boolean {
  return method === "GET" && (headers.get("accept") ?? "").includes("text/html");
}
