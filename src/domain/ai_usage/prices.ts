import { statement } from "../../db/database.ts";
import { type Caller, requireOperator } from "../access/access.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import { type Money, readMicros } from "../money.ts";
import type { Services } from "../services.ts";
import { AI_CURRENCY } from "./call.ts";

/** Price of a model from a date on. */
export interface AiPrice {
  readonly model: string;
  /** LIST: list price of the vendor. OPERATOR: set by the operator; it takes precedence. */
  readonly source: "LIST" | "OPERATOR";
  readonly validFrom: Date;
  /** Minimum number of input tokens of a call with this price. */
  readonly minInputTokens: number;
  /** USD per million input tokens. */
  readonly input: string;
  /** USD per million input tokens that were read from the cache of the server. */
  readonly cachedInput: string;
  /** USD per million output tokens. */
  readonly output: string;
}

/** Input of `setAiPrice`: prices per million tokens. */
export interface SetAiPriceInput {
  readonly model: string;
  readonly input: Money;
  /** Null or absent: as `input`. */
  readonly cachedInput?: Money | null;
  readonly output: Money;
  /** Null or absent: now. */
  readonly validFrom?: Date | null;
}

const MAX_MODEL_LENGTH = 200;

const COLUMNS = `model, source, valid_from as "validFrom", min_input_tokens as "minInputTokens",
  trim_scale(input_price) as input, trim_scale(cached_input_price) as "cachedInput",
  trim_scale(output_price) as output`;

// As ai_cost_micros: a price of the operator hides the list prices of its model.
const LIST = statement<[], AiPrice>(
  "aiPrices.list",
  `with valid as (
     select p.*, max(valid_from) over (partition by model, source) as newest,
       max(source) over (partition by model) as winner
     from ai_prices p where valid_from <= now()
   )
   select ${COLUMNS} from valid where valid_from = newest and source = winner
   order by model, min_input_tokens`,
);

const SET = statement<
  [model: string, validFrom: Date | null, input: string, cachedInput: string, output: string],
  AiPrice
>(
  "aiPrices.set",
  `insert into ai_prices (source, model, valid_from, input_price, cached_input_price, output_price)
   values ('OPERATOR', $1, coalesce($2, now()), $3, $4, $5)
   on conflict (model, source, valid_from, min_input_tokens) do update set
     input_price = excluded.input_price, cached_input_price = excluded.cached_input_price,
     output_price = excluded.output_price
   returning ${COLUMNS}`,
);

/** Reads the current prices by model, which are the same for all organizations. */
export function listAiPrices({ db }: Services): Promise<AiPrice[]> {
  return db.run(LIST);
}

/**
 * Sets the price of a model from a date on, for all organizations; 0 is a price, too. Recorded costs are not changed.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {InvalidInputError} with every fault
 */
export async function setAiPrice(
  { db }: Services,
  caller: Caller,
  { model, input, cachedInput, output, validFrom }: SetAiPriceInput,
): Promise<AiPrice> {
  requireOperator(caller, "set prices of models");
  const issues: Issue[] = [];
  const name = model.trim();
  if (name === "") {
    issues.push({ path: ["model"], code: "REQUIRED", message: "must not be empty" });
  }
  if (name.length > MAX_MODEL_LENGTH || /[\p{Cc}\p{Cs}]/u.test(name)) {
    const message = `must have at most ${MAX_MODEL_LENGTH} characters and no control characters`;
    issues.push({ path: ["model"], code: "MALFORMED", message });
  }
  checkPrice(input, ["input"], issues);
  if (cachedInput) checkPrice(cachedInput, ["cachedInput"], issues);
  checkPrice(output, ["output"], issues);
  if (issues.length > 0) throw new InvalidInputError(issues);
  const cached = cachedInput ?? input;
  const [price] = await db.run(
    SET,
    name,
    validFrom ?? null,
    input.amount,
    cached.amount,
    output.amount,
  );
  if (!price) throw new Error(`Cannot set the price of ${name}`);
  return price;
}

function checkPrice(price: Money, path: readonly string[], issues: Issue[]): void {
  checkCurrency(price, path, issues);
  if (readMicros(price, path, issues) < MAX_PRICE_MICROS) return;
  const message = "must be below 1000000";
  issues.push({ path: [...path, "amount"], code: "OUT_OF_RANGE", message });
}

const MAX_PRICE_MICROS = 1_000_000_000_000n;

/** Adds an issue if money is not in the currency of the prices. */
export function checkCurrency(
  { currency }: Money,
  path: readonly string[],
  issues: Issue[],
): void {
  if (currency === AI_CURRENCY) return;
  const message = `must be ${AI_CURRENCY}, the currency of the prices`;
  issues.push({ path: [...path, "currency"], code: "UNSUPPORTED", message });
}
