import { z } from "zod";
import { longText, url, visibleAscii } from "./fields.ts";

const MIN_API_KEY_LENGTH = 8;
const MIN_SECRET_KEY_LENGTH = 32;
const MIN_TOKEN_LENGTH = 16;
// RFC 7518 §3.2: a key at least as long as the hash.
const MIN_JWT_SECRET_BYTES = 32;

/** Keys of the installation, and the verification of JWTs. */
export const access = z.object({
  ADMIN_API_KEY: visibleAscii()
    .min(MIN_API_KEY_LENGTH, `expected at least ${MIN_API_KEY_LENGTH} characters`)
    .nullable().default(null),
  SECRET_KEY: longText(MIN_SECRET_KEY_LENGTH).nullable().default(null),
  METRICS_TOKEN: visibleAscii()
    .min(MIN_TOKEN_LENGTH, `expected at least ${MIN_TOKEN_LENGTH} characters`)
    .nullable().default(null),
  JWT_SECRET: z.string()
    .refine(
      (secret) => new TextEncoder().encode(secret).length >= MIN_JWT_SECRET_BYTES,
      `expected at least ${MIN_JWT_SECRET_BYTES} bytes`,
    )
    .nullable().default(null),
  JWKS_URL: url(["https:", "http:"]).nullable().default(null),
  JWT_ISSUER: z.string().nullable().default(null),
  JWT_AUDIENCE: z.string().nullable().default(null),
})
  .refine(({ JWT_SECRET, JWKS_URL }) => JWT_SECRET === null || JWKS_URL === null, {
    path: ["JWKS_URL"],
    error: "expected either JWT_SECRET or JWKS_URL, not both",
    when: always,
  })
  .refine((values) => values.JWT_ISSUER === null || verifiesJwts(values), {
    path: ["JWT_ISSUER"],
    error: "requires JWT_SECRET or JWKS_URL",
    when: always,
  })
  .refine((values) => values.JWT_AUDIENCE === null || verifiesJwts(values), {
    path: ["JWT_AUDIENCE"],
    error: "requires JWT_SECRET or JWKS_URL",
    when: always,
  })
  .transform((values) => {
    const { ADMIN_API_KEY, SECRET_KEY, METRICS_TOKEN, JWT_SECRET, JWKS_URL } = values;
    const required = { issuer: values.JWT_ISSUER, audience: values.JWT_AUDIENCE };
    return {
      /** Null: a key is created at the first start. */
      adminApiKey: ADMIN_API_KEY,
      /** Encrypts credentials in the database; null: a generated key in DATA_DIR. */
      secretKey: SECRET_KEY,
      /** Null: /metrics needs the key of an OPERATOR. */
      metricsToken: METRICS_TOKEN,
      /** Null: JWTs are not accepted. */
      jwt: JWT_SECRET !== null
        ? { secret: JWT_SECRET, ...required }
        : JWKS_URL !== null
        ? { jwksUrl: JWKS_URL, ...required }
        : null,
    };
  });

interface JwtKeys {
  readonly JWT_SECRET: string | null;
  readonly JWKS_URL: string | null;
}

function verifiesJwts({ JWT_SECRET, JWKS_URL }: JwtKeys): boolean {
  return JWT_SECRET !== null || JWKS_URL !== null;
}

// By default a check of several variables is skipped if one of them is invalid. With `when: always` it runs,
// so that all faults are reported at once.
function always(): boolean {
  return true;
}
