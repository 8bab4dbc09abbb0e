import assert from "node:assert/strict";
import { ConfigError, readConfig } from "../../src/config/config.ts";
import { DEFAULT_SLOTS } from "../../src/domain/jobs/lane.ts";

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

Deno.test("readConfig() has a default for every variable", () => {
  const config = readConfig({});
  assert.equal(`${config.host}:${config.port}`, "127.0.0.1:8000");
  assert.equal(config.database.url, null);
  assert.deepEqual(config.mail.providers, []);
  assert.equal(config.jwt, null);
  assert.equal(config.messenger, null);
  assert.deepEqual(config.log, { level: "info", categories: {}, format: null });
});

Deno.test("readConfig() limits Messenger to 10 calls per second by default", () => {
  assert.deepEqual(readConfig({ MESSENGER_ACCESS_TOKEN: "EAAG" }).messenger, {
    accessToken: "EAAG",
    baseUrl: "https://graph.facebook.com/v25.0",
    perSecond: 10,
  });
});

Deno.test("readConfig() configures the model by a key, or by the address of a server without keys", () => {
  assert.deepEqual(readConfig({ OPENAI_API_KEY: "sk-1" }).model, {
    apiKey: "sk-1",
    baseUrl: "https://api.openai.com/v1",
    name: "gpt-6-luna",
    embeddingModel: null,
  });
  const ollama = {
    OPENAI_BASE_URL: "http://localhost:11434/v1",
    OPENAI_MODEL: "gemma3",
    OPENAI_EMBEDDING_MODEL: "bge-m3",
  };
  assert.deepEqual(readConfig(ollama).model, {
    apiKey: null,
    baseUrl: "http://localhost:11434/v1",
    name: "gemma3",
    embeddingModel: "bge-m3",
  });
  assert.equal(readConfig({ OPENAI_MODEL: "gemma3" }).model, null);
  assert.match(faultsOf({ OPENAI_BASE_URL: "localhost" }).join(), /^OPENAI_BASE_URL: expected/);
});

Deno.test("readConfig() treats an empty variable as absent", () => {
  assert.equal(readConfig({ PORT: "", DATABASE_URL: " " }).port, 8000);
});

Deno.test("readConfig() refuses DATABASE_DIRECT_URL without DATABASE_URL", () => {
  const [fault, ...others] = faultsOf({ DATABASE_DIRECT_URL: "postgres://localhost/waybill" });
  assert.match(fault ?? "", /^DATABASE_DIRECT_URL: requires DATABASE_URL/);
  assert.deepEqual(others, []);
});

Deno.test("readConfig() reports every fault at once, each with its variable", () => {
  const faults = faultsOf({
    PORT: "80000",
    DATABASE_URL: "mysql://localhost/waybill",
    DATABASE_DIRECT_URL: "localhost:5432",
    DATABASE_POOL: "0",
    WORKER_LANES: "email:3",
    ADMIN_API_KEY: "short",
    JWT_SECRET: "also short",
    JWKS_URL: "not a url",
    SECRET_KEY: "short as well",
    METRICS_TOKEN: "a short one",
    SMTP_URLS: "smtp://one,http://two",
    MAIL_FROM: "nobody",
    MESSENGER_ACCESS_TOKEN: "two words",
    MESSENGER_BASE_URL: "graph.facebook.com",
    MESSENGER_RATE: "0",
    LOG_LEVEL: "loud",
    LOG_FORMAT: "xml",
    PUBLIC_URL: "example.com",
    WEBHOOK_SECRET: "short too",
    SHOPIFY_WEBHOOK_SECRET: "too short",
    SNS_TOPIC_ARNS: "arn:aws:sns:eu-west-1:123456789012:bounces,bounces",
    JOB_RETENTION_FAILED_DAYS: "seven",
  });
  const named = faults.map((fault) => fault.split(":")[0]);
  assert.deepEqual(
    new Set(named),
    new Set([
      "PORT",
      "DATABASE_URL",
      "DATABASE_DIRECT_URL",
      "DATABASE_POOL",
      "WORKER_LANES",
      "ADMIN_API_KEY",
      "JWT_SECRET",
      "JWKS_URL",
      "SECRET_KEY",
      "METRICS_TOKEN",
      "SMTP_URLS",
      "MAIL_FROM",
      "MESSENGER_ACCESS_TOKEN",
      "MESSENGER_BASE_URL",
      "MESSENGER_RATE",
      "LOG_LEVEL",
      "LOG_FORMAT",
      "PUBLIC_URL",
      "WEBHOOK_SECRET",
      "SHOPIFY_WEBHOOK_SECRET",
      "SNS_TOPIC_ARNS",
      "JOB_RETENTION_FAILED_DAYS",
    ]),
  );
});

Deno.test("readConfig() never repeats a secret in a fault", () => {
  const faults = faultsOf({
    ADMIN_API_KEY: "hunter2 with spaces",
    JWT_SECRET: "hunter2",
    DATABASE_URL: "mysql://waybill:hunter2@localhost/waybill",
    SMTP_URLS: "http://waybill:hunter2@localhost",
  });
  assert.equal(faults.length, 4);
  assert.doesNotMatch(faults.join("\n"), /hunter2/);
});

Deno.test("readConfig() reads mail servers in order and reports each fault of theirs", () => {
  const { mail } = readConfig({ SMTP_URLS: "smtp://one:25?rate=50/s, smtps://two?connections=3" });
  assert.deepEqual(
    mail.providers.map(({ name, perSecond, connections }) => [name, perSecond, connections]),
    [["one:25", 50, 10], ["two:465", null, 3]],
  );
  assert.deepEqual(faultsOf({ SMTP_URLS: "smtp://one,smtp://two?rate=fast,smtp://one:587,mail" }), [
    "SMTP_URLS: two: rate must be mails per s, m or h, at least one a day: rate=50/s",
    "SMTP_URLS: expected smtp://user:password@host:port or smtps://…",
    "SMTP_URLS: one:587 is listed twice; list each host and port once",
  ]);
});

Deno.test("readConfig() works on all lanes by default, else on those that WORKER_LANES names", () => {
  assert.deepEqual(readConfig({}).lanes, DEFAULT_SLOTS);
  const { lanes } = readConfig({ WORKER_LANES: "ai:5,learning:2" });
  assert.deepEqual([...lanes], [["AI", 5], ["LEARNING", 2]]);
  assert.deepEqual(faultsOf({ WORKER_LANES: "ai:0,ai:2,ai:3" }), [
    'WORKER_LANES: expected 1 to 999 slots, got "ai:0"',
    "WORKER_LANES: expected each lane once, got ai again",
  ]);
});

Deno.test("readConfig() lists each variable and whether it is set, without its value", () => {
  const { variables } = readConfig({ SECRET_KEY: "s".repeat(32), PORT: "" });
  assert.deepEqual(variables.filter(({ set }) => set), [{ name: "SECRET_KEY", set: true }]);
  assert.ok(variables.some(({ name }) => name === "PORT"));
});

Deno.test("readConfig() refuses JWT_ISSUER and JWT_AUDIENCE without JWT_SECRET or JWKS_URL", () => {
  const checks = { JWT_ISSUER: "https://login.example", JWT_AUDIENCE: "waybill" };
  assert.deepEqual(faultsOf({ ...checks, PORT: "none" }), [
    "PORT: expected a whole number from 0 to 65535",
    "JWT_ISSUER: requires JWT_SECRET or JWKS_URL",
    "JWT_AUDIENCE: requires JWT_SECRET or JWKS_URL",
  ]);
  assert.deepEqual(readConfig({ ...checks, JWKS_URL: "https://login.example/keys" }).jwt, {
    jwksUrl: "https://login.example/keys",
    issuer: "https://login.example",
    audience: "waybill",
  });
  assert.equal(readConfig({ JWT_SECRET: "s".repeat(32) }).jwt?.issuer, null);
});

Deno.test("readConfig() refuses JWT_SECRET beside JWKS_URL", () => {
  const faults = faultsOf({ JWT_SECRET: "s".repeat(32), JWKS_URL: "https://example.com/keys" });
  assert.deepEqual(faults, ["JWKS_URL: expected either JWT_SECRET or JWKS_URL, not both"]);
});

Deno.test("readConfig() reads a log level per category", () => {
  const { log } = readConfig({
    LOG_LEVEL: "warning, worker=debug,server=trace",
  });
  assert.equal(log.level, "warning");
  assert.deepEqual(log.categories, { worker: "debug", server: "trace" });
});

Deno.test("readConfig() returns a frozen object", () => {
  assert.ok(Object.isFrozen(readConfig({})));
  assert.ok(Object.isFrozen(readConfig({}).log.categories));
});

Deno.test("readConfig() reads several topics and drops the last slash of PUBLIC_URL", () => {
  const topics = ["arn:aws:sns:eu-west-1:123456789012:a", "arn:aws-cn:sns:cn-north-1:1:b"];
  const config = readConfig({
    SNS_TOPIC_ARNS: topics.join(", "),
    PUBLIC_URL: "https://a.example/b/",
  });
  assert.deepEqual(config.webhooks.snsTopicArns, topics);
  assert.equal(config.publicUrl, "https://a.example/b");
});

Deno.test("readConfig() writes PUBLIC_URL in ASCII and refuses a query, a fragment and credentials", () => {
  const publicUrl = (PUBLIC_URL: string) => readConfig({ PUBLIC_URL }).publicUrl;
  assert.equal(publicUrl("https://bücher.example/ä//"), "https://xn--bcher-kva.example/%C3%A4");
  assert.equal(publicUrl("HTTPS://Mail.Example:443/"), "https://mail.example");
  for (const part of ["?a=b", "?", "#top", "#"]) {
    assert.equal(faultsOf({ PUBLIC_URL: `https://a.example/${part}` }).length, 1, part);
  }
  assert.deepEqual(faultsOf({ PUBLIC_URL: "https://user:password@a.example" }), [
    "PUBLIC_URL: expected a URL without a query, a fragment and credentials",
  ]);
});

Deno.test("readConfig() reads, and compose.yaml or Dockerfile passes, every variable of the README's table", async () => {
  const [readme, compose, dockerfile] = await Promise.all(
    ["README.md", "compose.yaml", "Dockerfile"].map((name) =>
      Deno.readTextFile(new URL(`../../${name}`, import.meta.url))
    ),
  );
  const settings = /## Settings.*?(?=\n## )/s.exec(readme ?? "")?.[0] ?? "";
  const names = settings.split("\n").flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([A-Z_]+)`/g)].map(([, name = ""]) => name)
  );
  assert.ok(names.length > 20);
  const declared = new Set(readConfig({}).variables.map(({ name }) => name));
  assert.deepEqual(names.filter((name) => !declared.has(name)), []);
  const isPassed = (name: string) =>
    compose?.includes(`\n      ${name}: `) ||
    new RegExp(`^ENV .*\\b${name}=`, "m").test(dockerfile ?? "");
  assert.deepEqual(names.filter((name) => !isPassed(name)), []);
});
