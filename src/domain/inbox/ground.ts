import type { FoundFact } from "../knowledge/fact.ts";
import { findFacts } from "../knowledge/find_facts.ts";
import { styleOf, type WritingStyle } from "../knowledge/style.ts";
import { moneyOf } from "../money.ts";
import { ordersOf } from "../orders/find.ts";
import type { Order } from "../orders/order.ts";
import type { Services } from "../services.ts";
import { type AnsweredThread, type GroundMail, mailsOf } from "./thread_mails.ts";

/** Source of a reply: a mail, an order or a fact. */
export interface GroundSource {
  readonly kind: "email" | "order" | "fact";
  /** Database id of the mail, the order or the fact. */
  readonly id: string;
  /** Short text for people. */
  readonly text: string;
  /** Heading for the model; it contains no text from outside. */
  readonly heading: string;
  /** Text for the model. */
  readonly data: string;
}

/** Sources and style for a reply. */
export interface Ground {
  /** Mails of the thread first, oldest first; then orders, and facts with approved ones first. */
  readonly sources: readonly GroundSource[];
  /** How the organization writes; null: not known. */
  readonly style: string | null;
}

const MAX_ORDERS = 10;
const MAX_FACTS = 12;
const MAX_EXCERPT = 140;

/**
 * Reads the sources for the reply to a mail: its thread, the orders of the other party, facts and style.
 *
 * @returns without sources if the mail is deleted
 */
export async function gatherGround(services: Services, thread: AnsweredThread): Promise<Ground> {
  const { organizationId } = thread;
  const mails = await mailsOf(services, thread);
  const answered = mails.at(-1);
  if (!answered) return { sources: [], style: null };
  // Not the sender: a forged one would show orders of another customer to the address in Reply-To.
  const { replyAddress: sender, subject, text } = answered;
  const facts = {
    organizationId,
    text: `${subject}\n${text}`,
    topic: null,
    sender,
    limit: MAX_FACTS,
  };
  const style = await styleOf(services, organizationId);
  return {
    sources: [
      ...mails.map(sourceOfMail),
      ...(await ordersOf(services, organizationId, sender, MAX_ORDERS)).map(sourceOfOrder),
      ...(await findFacts(services, facts)).map(sourceOfFact),
    ],
    style: style && textOfStyle(style),
  };
}

function sourceOfMail({ id, direction, receivedAt, subject, text }: GroundMail): GroundSource {
  const by = direction === "INBOUND" ? "from the other party" : "from the organization";
  return {
    kind: "email",
    id,
    text: excerptOf(subject || text),
    heading: `Mail ${by}, ${receivedAt.toISOString().slice(0, 10)}`,
    data: `Subject: ${subject}\n\n${text}`,
  };
}

function sourceOfOrder(
  { id, number, status, totalMicros, currency, placedAt }: Order,
): GroundSource {
  const total = moneyOf(BigInt(totalMicros), currency);
  return {
    kind: "order",
    id,
    text: excerptOf(`${number}: ${status}`),
    heading: "Order of the other party",
    data: `Number: ${number}\nState: ${status}\nTotal: ${total.amount} ${total.currency}\n` +
      `Placed: ${placedAt.toISOString().slice(0, 10)}`,
  };
}

function sourceOfFact({ id, kind, state, question, answer }: FoundFact): GroundSource {
  const name = kind === "PREFERENCE" ? "Preference of writing" : "Fact";
  return {
    kind: "fact",
    id,
    text: excerptOf(question ? `${question} ${answer}` : answer),
    heading: state === "APPROVED" ? `${name}, approved by staff` : `${name}, proposed`,
    data: question ? `Question: ${question}\nAnswer: ${answer}` : answer,
  };
}

function textOfStyle({ tone, greeting, signOff, language }: WritingStyle): string | null {
  const lines = [
    ...tone ? [`Tone: ${tone}`] : [],
    ...greeting ? [`Greeting: ${greeting}`] : [],
    ...signOff ? [`Sign-off: ${signOff}`] : [],
    ...language ? [`Language of most mails: ${language}`] : [],
  ];
  return lines.length === 0 ? null : lines.join("\n");
}

/** Returns the beginning of a text in one line. */
function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= MAX_EXCERPT ? line : `${line.slice(0, MAX_EXCERPT - 1).toWellFormed()}…`;
}
