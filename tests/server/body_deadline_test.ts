import assert from "node:assert/strict";
import { GraphQLError } from "graphql";
import { schema } from "../../schema/schema.ts";
import { createGraphQL } from "../../src/server/graphql/graphql.ts";
import { watchSessions } from "../../src/server/graphql/sessions.ts";
import { importRecipients } from "../../src/server/imports/recipients.ts";
import { createBounces } from "../../src/server/webhooks/bounces.ts";
import { stopTime } from "../support/clock.ts";
import { onPostgres } from "../support/database.ts";
import { type TestServer, withServer } from "../support/server.ts";

type Handle = (server: TestServer, request: Request) => Response | Promise<Response>;

const WEBHOOKS = { secret: "secret", mailgunSigningKey: null, snsTopicArns: [] };
const SESSION = { expiresAt: null };

const HANDLERS: Readonly<Record<string, { readonly type: string; readonly handle: Handle }>> = {
  "/graphql": {
    type: "application/json",
    async handle({ services, organization }, request) {
      const sessions = watchSessions(services);
      const session = { ...SESSION, caller: organization.admin };
      const engine = createGraphQL(schema, services, sessions);
      const response = await engine.handle(request, { session, overSocket: false });
      sessions.end(new GraphQLError("The test has ended"));
      return response;
    },
  },
  "/import/recipients": {
    type: "text/csv",
    handle: ({ services, organization }, request) =>
      importRecipients(services, request, organization.admin),
  },
  "/webhooks/bounces/dsn": {
    type: "message/rfc822",
    handle: ({ services }, request) => createBounces(services, WEBHOOKS).fetch(request),
  },
};

for (const [path, { type, handle }] of Object.entries(HANDLERS)) {
  onPostgres(
    `POST ${path} answers 408 when no further bytes arrive for a minute`,
    ({ db }) =>
      withServer(db, async (server) => {
        const reading = Promise.withResolvers<void>();
        let pulls = 0;
        const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
          pull(controller) {
            if (pulls++ === 0) return controller.enqueue(new TextEncoder().encode("a"));
            reading.resolve();
            return new Promise(() => {});
          },
        }, { highWaterMark: 0 });
        using clock = stopTime();
        const request = new Request(new URL(path, server.url), {
          method: "POST",
          headers: { "content-type": type, "content-length": "1000" },
          body,
        });
        const answer = Promise.resolve(handle(server, request));
        await reading.promise;
        // After the microtasks that start the deadline.
        await new Promise<void>((resolve) => queueMicrotask(resolve));
        clock.tick(60_000);
        const response = await answer;
        assert.equal(response.status, 408);
        assert.match(await response.text(), /did not arrive within 60 s/);
      }),
  );
}
