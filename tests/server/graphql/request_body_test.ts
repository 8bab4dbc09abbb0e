import assert from "node:assert/strict";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { MAX_BODY_BYTES } from "../../../src/server/graphql/graphql.ts";
import { type TestServer, withServer } from "../../support/server.ts";

const ID = "12345678901234567890";
const PREVIEW =
  `contentPreview(input: { content: { subject: "{{ id }} {{ list[0].id }}" }, variables:`;
const RESULT =
  "{ ... on ContentPreview { subject } ... on InvalidInputError { issues { path code } } }";
const query = `query ($values: JSONObject!) { ${PREVIEW} $values }) ${RESULT} }`;
const variables = `{ "values": { "id": ${ID}, "list": [{ "id": 0.${ID} }] } }`;
const exact = { data: { contentPreview: { subject: `${ID} 0.${ID}` } } };

async function send(
  { url, keys }: TestServer,
  body: string | URLSearchParams,
  type = "application/json",
): Promise<unknown> {
  const headers = { authorization: `Bearer ${keys.ADMIN}`, "content-type": type };
  return await (await fetch(url, { method: "POST", headers, body })).json();
}

onPostgres(
  "Numbers that a double cannot hold arrive as text, in variables and literals",
  ({ db }) =>
    withServer(db, async (server) => {
      const inVariables = `{ "query": ${JSON.stringify(query)}, "variables": ${variables} }`;
      assert.deepEqual(await send(server, inVariables), exact);

      const { body } = await server.post(
        `query ($list: [JSON!]!) {
        literal: ${PREVIEW} { id: ${ID}, list: [{ id: 0.${ID} }] } }) ${RESULT}
        mixed: ${PREVIEW} { id: 9007199254740993, list: $list } }) ${RESULT}
      }`,
        { variables: { list: [{ id: 1.5 }] } },
      );
      assert.deepEqual(body, {
        data: {
          literal: exact.data.contentPreview,
          mixed: { subject: "9007199254740993 1.5" },
        },
      });
    }),
);

onPostgres(
  "Numbers that a double cannot hold arrive as text over a WebSocket",
  ({ db }) =>
    withServer(db, async ({ url, keys }) => {
      const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws");
      const received = Promise.withResolvers<unknown>();
      socket.onopen = () =>
        socket.send(JSON.stringify({
          type: "connection_init",
          payload: { authorization: `Bearer ${keys.ADMIN}` },
        }));
      socket.onmessage = ({ data }) => {
        const { type, payload } = JSON.parse(data);
        if (type === "next") received.resolve(payload);
        if (type !== "connection_ack") return;
        const operation = `{ "query": ${JSON.stringify(query)}, "variables": ${variables} }`;
        socket.send(`{ "id": "1", "type": "subscribe", "payload": ${operation} }`);
      };
      assert.deepEqual(await received.promise, exact);
      const closed = new Promise((resolve) => socket.onclose = resolve);
      socket.close();
      await closed;
    }),
);

onPostgres(
  "Numbers that were rounded in the URL or in a form are refused",
  ({ db }) =>
    withServer(db, async (server) => {
      const { url, keys } = server;
      const issues = [{ path: ["variables", "list", "0", "id"], code: "OUT_OF_RANGE" }];
      const parameters = new URLSearchParams({
        query,
        variables: `{ "values": { "id": 1, "list": [{ "id": ${ID} }] } }`,
      });
      const headers = { authorization: `Bearer ${keys.ADMIN}`, accept: "application/json" };
      const response = await fetch(`${url}?${parameters}`, { headers });
      assert.deepEqual(await response.json(), { data: { contentPreview: { issues } } });
      const form = await send(server, parameters, "application/x-www-form-urlencoded");
      assert.deepEqual(form, { data: { contentPreview: { issues } } });
    }),
);

onEveryDatabase(
  "sendTestMessage stores numbers that a double cannot hold as text",
  ({ db }) =>
    withServer(db, async (server) => {
      const mutation = `mutation ($to: RecipientInput!) {
      sendTestMessage(input: { content: { subject: "July" }, to: $to }) {
        ... on SendTestMessagePayload { delivery { recipient { variables } } }
      }
    }`;
      const values = `{ "id": ${ID}, "n": 9007199254740991 }`;
      const variables = `{ "to": { "address": "ada@example.com", "variables": ${values} } }`;
      const unsubscribe_url = "https://example.com/unsubscribe/sample";
      const recipient = { variables: { unsubscribe_url, id: ID, n: 9007199254740991 } };
      assert.deepEqual(
        await send(server, `{ "query": ${JSON.stringify(mutation)}, "variables": ${variables} }`),
        { data: { sendTestMessage: { delivery: { recipient } } } },
      );
    }),
);

onPostgres(
  "POST /graphql reads a body without a declared length, and answers 413 if it is over the limit",
  ({ db }) =>
    withServer(db, async ({ url, keys }) => {
      const post = async (padding: number) => {
        const body = JSON.stringify({ query: "{ viewer { role } }", variables: { é: "€" } });
        const half = body.length / 2;
        const text = [body.slice(0, half), " ".repeat(padding), body.slice(half)];
        const response = await fetch(url, {
          method: "POST",
          headers: { authorization: `Bearer ${keys.ADMIN}`, "content-type": "application/json" },
          body: ReadableStream.from(text).pipeThrough(new TextEncoderStream()),
        });
        await response.body?.cancel();
        return response.status;
      };
      assert.equal(await post(0), 200);
      assert.equal(await post(MAX_BODY_BYTES), 413);
    }),
);
