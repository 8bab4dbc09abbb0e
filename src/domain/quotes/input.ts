import { z } from "zod";
import { checkContact, type NewContact, tidyContact } from "../contacts/contact.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import type { Services } from "../services.ts";
import { issuesOf, singleLine } from "../validation.ts";
import { MAX_IMAGES } from "./images.ts";

/** Input of `createQuote`. */
export interface CreateQuoteInput {
  readonly customer: { readonly name: string; readonly email: string };
  /** 1 to 20,000 characters. */
  readonly request: string;
  /** At most 8 https addresses. */
  readonly imageUrls?: readonly string[] | null;
  /** Whether its estimate is queued at once. */
  readonly process: boolean;
  /** 1 to 200 characters. */
  readonly idempotencyKey?: string | null;
}

/** Checked input of `createQuote`. */
export interface NewQuoteFields {
  readonly contact: NewContact;
  readonly customerName: string;
  readonly customerEmail: string;
  readonly request: string;
  readonly imageUrls: readonly string[];
  readonly idempotencyKey: string | null;
}

const MAX_REQUEST_LENGTH = 20_000;
const MAX_URL_LENGTH = 2_000;

const schema = z.object({
  customer: z.object({ name: singleLine(200) }),
  request: z.string().trim().min(1, "is empty")
    .max(MAX_REQUEST_LENGTH, `is longer than ${MAX_REQUEST_LENGTH} characters`)
    .refine((text) => !text.includes("\0"), "must not contain NUL characters"),
  imageUrls: z.array(z.string()).max(MAX_IMAGES, `has more than ${MAX_IMAGES} addresses`).nullish(),
  idempotencyKey: singleLine(200).nullish(),
});

/**
 * Checks a request for a quote. Hosts of images are resolved, to refuse addresses in the private network.
 *
 * @throws {InvalidInputError} with every fault
 */
export async function checkQuote(
  services: Services,
  input: CreateQuoteInput,
): Promise<NewQuoteFields> {
  const fields = schema.safeParse(input);
  const { email, name } = input.customer;
  const contact = tidyContact({ email, name });
  const issues = [
    ...issuesOf(fields),
    ...checkContact(contact, ["customer"]).filter(({ path }) => path.includes("email")),
    ...await issuesOfUrls(services, input.imageUrls ?? []),
  ];
  if (!fields.success || issues.length > 0) throw new InvalidInputError(issues);
  const { customer, request, imageUrls, idempotencyKey } = fields.data;
  return {
    contact,
    customerName: customer.name.toWellFormed(),
    customerEmail: contact.email ?? "",
    request: request.toWellFormed(),
    imageUrls: (imageUrls ?? []).map((url) => new URL(url).href),
    idempotencyKey: idempotencyKey?.toWellFormed() ?? null,
  };
}

async function issuesOfUrls(services: Services, urls: readonly string[]): Promise<Issue[]> {
  // Further URLs are refused by their number, so their hosts are not resolved.
  const checked = urls.slice(0, MAX_IMAGES).map(async (url, index) => {
    const fault = await faultOfUrl(services, url);
    return fault ? [{ path: ["imageUrls", `${index}`], ...fault }] : [];
  });
  return (await Promise.all(checked)).flat();
}

async function faultOfUrl(
  { refusalOfHost }: Services,
  text: string,
): Promise<{ code: string; message: string } | null> {
  const url = URL.parse(text);
  if (!url || text.length > MAX_URL_LENGTH) return { code: "MALFORMED", message: "is not a URL" };
  if (url.protocol !== "https:") {
    return { code: "MALFORMED", message: "must begin with https://" };
  }
  if (url.username !== "" || url.password !== "") {
    return { code: "MALFORMED", message: "must not contain a password" };
  }
  return await refusalOfHost?.(url.hostname) ?? null;
}
