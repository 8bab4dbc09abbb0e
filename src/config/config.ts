import { z } from "zod";
import { parseSmtpUrl, type SmtpProvider } from "../channels/email/smtp_url.ts";

/** All settings of a process, checked. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly database: {
    /** Null: the embedded database in `dataDir`. */
    readonly url: string | null;
    /** Connections at most, per process. */
    readonly poolSize: number;
  };
  readonly dataDir: string;
  /** Seals credentials that are kept in the database; null: this machine's own, from a file. */
  readonly secretKey: string | null;
  /** Null: made at the first start. */
  readonly adminApiKey: string | null;
  /** Null: JWTs are not accepted. */
  readonly jwt: JwtConfig | null;
  readonly mail: {
    /** In order of preference; none: mail is captured to files. */
    readonly providers: readonly SmtpProvider[];
    readonly from: string;
  };
  /** Null: messages to Messenger are refused. */
  readonly messenger: MessengerConfig | null;
  /** Where recipients reach this server, without a slash at the end; null: at `host` and `port`. */
  readonly publicUrl: string | null;
  readonly webhooks: {
    /** Null: that webhook is not taken. */
    readonly secret: string | null;
    readonly mailgunSigningKey: string | null;
    /** None: the webhooks of Amazon are not taken. */
    readonly snsTopicArns: readonly string[];
  };
  readonly retention: {
    readonly completedJobsHours: number;
    readonly failedJobsDays: number;
    /** Deliveries that were sent or cancelled; those that failed are kept. */
    readonly deliveriesDays: number;
  };
  readonly log: LogConfig;
  /** Every variable there is, and whether it is set. */
  readonly variables: readonly { readonly name: string; readonly set: boolean }[];
}

/** How JWTs are verified: by a shared secret (HS256), or by the keys published at a URL. */
export type JwtConfig = { readonly secret: string } | { readonly jwksUrl: string };

/** How Meta's Send API is reached. */
export interface MessengerConfig {
  /** Of the Page. */
  readonly accessToken: string;
  /** With the version of the Graph API. */
  readonly baseUrl: string;
  /** Calls per second at most, of all processes together. */
  readonly perSecond: number;
}

/** What is logged, and how. */
export interface LogConfig {
  readonly level: LogLevel;
  /** By category, where it differs from `level`: { worker: "debug" }. */
  readonly categories: Readonly<Record<string, LogLevel>>;
  /** Null: text on a terminal, else JSON lines. */
  readonly format: "text" | "json" | null;
}

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Settings that cannot be used: the message has a line for each of them, and never a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly faults: readonly string[]) {
    super(["Cannot start with these settings:", ...faults].join("\n  "));
  }
}

const LOG_LEVELS = ["trace", "debug", "info", "warning", "error", "fatal"] as const;
const MIN_API_KEY_LENGTH = 8;
const MIN_WEBHOOK_SECRET_LENGTH = 16;
const MIN_SECRET_KEY_LENGTH = 32;
const TOPIC_ARN = /^arn:aws[\w-]*:sns:[\w-]+:\d+:[\w.-]+$/;
// RFC 7518 §3.2: a key at least as long as the hash.
const MIN_JWT_SECRET_BYTES = 32;

const settings = z.object({
  HOST: z.string().regex(/^[\w.:-]+$/, "expected a host name or an address").default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535).default(8000),
  DATABASE_URL: url(["postgres:", "postgresql:"]).nullable().default(null),
  DATABASE_POOL: wholeNumber(1, 1000).default(10),
  DATA_DIR: z.string().default("./data"),
  ADMIN_API_KEY: z.string()
    .regex(/^[\x21-\x7e]*$/, "expected visible ASCII characters without spaces")
    .min(MIN_API_KEY_LENGTH, `expected at least ${MIN_API_KEY_LENGTH} characters`)
    .nullable().default(null),
  JWT_SECRET: z.string()
    .refine(
      (secret) => new TextEncoder().encode(secret).length >= MIN_JWT_SECRET_BYTES,
      `expected at least ${MIN_JWT_SECRET_BYTES} bytes`,
    )
    .nullable().default(null),
  JWKS_URL: url(["https:", "http:"]).nullable().default(null),
  SECRET_KEY: z.string()
    .min(MIN_SECRET_KEY_LENGTH, `expected at least ${MIN_SECRET_KEY_LENGTH} characters`)
    .nullable().default(null),
  SMTP_URLS: z.string().transform(parseSmtpUrls).default([]),
  MAIL_FROM: z.string()
    .regex(/^([^<>\p{Cc}]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u, {
      error: "expected an address: name@example.com or Name <name@example.com>",
    })
    .default("waybill@localhost"),
  MESSENGER_ACCESS_TOKEN: z.string()
    .regex(/^[\x21-\x7e]*$/, "expected visible ASCII characters without spaces")
    .nullable().default(null),
  MESSENGER_BASE_URL: url(["https:", "http:"]).default("https://graph.facebook.com/v25.0"),
  MESSENGER_RATE: wholeNumber(1, 300).default(10),
  PUBLIC_URL: url(["https:", "http:"])
    // In ASCII, whatever the script of its host: it stands in headers of mails.
    .transform((text) => new URL(text).href.replace(/\/+$/, ""))
    .refine(isBase, "expected a URL without a query, a fragment and credentials")
    .nullable().default(null),
  WEBHOOK_SECRET: z.string()
    .min(MIN_WEBHOOK_SECRET_LENGTH, `expected at least ${MIN_WEBHOOK_SECRET_LENGTH} characters`)
    .nullable().default(null),
  MAILGUN_SIGNING_KEY: z.string().nullable().default(null),
  SNS_TOPIC_ARNS: z.string()
    .refine((text) => parseList(text).every((arn) => TOPIC_ARN.test(arn)), {
      error: "expected ARNs of SNS topics: arn:aws:sns:<region>:<account>:<name>,…",
    })
    .transform(parseList)
    .default([]),
  JOB_RETENTION_COMPLETED_HOURS: wholeNumber(1, 24 * 365).default(24),
  JOB_RETENTION_FAILED_DAYS: wholeNumber(1, 3650).default(7),
  DELIVERY_RETENTION_DAYS: wholeNumber(1, 36_500).default(90),
  LOG_LEVEL: z.string().transform(parseLogLevels).default({ level: "info", categories: {} }),
  LOG_FORMAT: z.enum(["text", "json"], "expected text or json").nullable().default(null),
}).refine(({ JWT_SECRET, JWKS_URL }) => JWT_SECRET === null || JWKS_URL === null, {
  path: ["JWKS_URL"],
  error: "expected either JWT_SECRET or JWKS_URL, not both",
  // Told together with the faults of single variables, not only once they are mended.
  when: () => true,
});

/**
 * Reads all settings; an empty variable counts as absent.
 *
 * @param environment names and values; the process's own unless told
 * @throws {ConfigError} naming every variable that cannot be used
 */
export function readConfig(
  environment: Readonly<Record<string, string>> = Deno.env.toObject(),
): Config {
  const given = Object.entries(environment).filter(([, value]) => value.trim() !== "");
  const { data, error } = settings.safeParse(Object.fromEntries(given));
  if (error) {
    throw new ConfigError(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  }
  return freeze({
    host: data.HOST,
    port: data.PORT,
    database: { url: data.DATABASE_URL, poolSize: data.DATABASE_POOL },
    dataDir: data.DATA_DIR,
    secretKey: data.SECRET_KEY,
    adminApiKey: data.ADMIN_API_KEY,
    jwt: jwtConfig(data.JWT_SECRET, data.JWKS_URL),
    mail: { providers: data.SMTP_URLS, from: data.MAIL_FROM },
    messenger: data.MESSENGER_ACCESS_TOKEN === null ? null : {
      accessToken: data.MESSENGER_ACCESS_TOKEN,
      baseUrl: data.MESSENGER_BASE_URL,
      perSecond: data.MESSENGER_RATE,
    },
    publicUrl: data.PUBLIC_URL,
    webhooks: {
      secret: data.WEBHOOK_SECRET,
      mailgunSigningKey: data.MAILGUN_SIGNING_KEY,
      snsTopicArns: data.SNS_TOPIC_ARNS,
    },
    retention: {
      completedJobsHours: data.JOB_RETENTION_COMPLETED_HOURS,
      failedJobsDays: data.JOB_RETENTION_FAILED_DAYS,
      deliveriesDays: data.DELIVERY_RETENTION_DAYS,
    },
    log: { ...data.LOG_LEVEL, format: data.LOG_FORMAT },
    variables: Object.keys(settings.shape).map((name) => ({
      name,
      set: given.some(([key]) => key === name),
    })),
  });
}

function wholeNumber(min: number, max: number) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d{1,9}$/, expected).transform(Number)
    .pipe(z.number().min(min, expected).max(max, expected));
}

// The messages never repeat the value: a URL may hold a password.
function url(protocols: readonly string[]) {
  const expected = `expected a URL that starts with ${
    protocols.map((protocol) => `${protocol}//`).join(" or ")
  }`;
  return z.string().refine((text) => {
    const parsed = URL.parse(text);
    return parsed !== null && protocols.includes(parsed.protocol);
  }, expected);
}

function parseSmtpUrls(text: string, context: z.RefinementCtx<string>): SmtpProvider[] {
  const providers = parseList(text).flatMap((url): SmtpProvider | never[] => {
    try {
      return parseSmtpUrl(url);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return [];
    }
  });
  const names = providers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) {
    const message = `${twice} is named twice: a provider is known by its host and port`;
    context.addIssue({ code: "custom", message });
  }
  return providers;
}

function isBase(text: string): boolean {
  const { username, password } = new URL(text);
  return username === "" && password === "" && !/[?#]/.test(text);
}

// "info,worker=debug": a level for all, and others for single categories.
function parseLogLevels(text: string, context: z.RefinementCtx<string>) {
  let level: LogLevel = "info";
  const categories: Record<string, LogLevel> = {};
  for (const part of text.split(",").map((part) => part.trim())) {
    const [, category, name] = /^(?:([\w.]+)=)?(\w+)$/.exec(part) ?? [];
    const found = LOG_LEVELS.find((known) => known === name?.toLowerCase());
    if (!found) {
      const message = `expected levels (${LOG_LEVELS.join(", ")}) like info,worker=debug; ` +
        `got "${part}"`;
      context.addIssue({ code: "custom", message });
    } else if (category) categories[category] = found;
    else level = found;
  }
  return { level, categories };
}

function parseList(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

function jwtConfig(secret: string | null, jwksUrl: string | null): JwtConfig | null {
  if (secret !== null) return { secret };
  return jwksUrl === null ? null : { jwksUrl };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part) freeze(part);
  return Object.freeze(value);
}
