import { formatEnum } from "../kit/format.ts";

const PURPOSES: Readonly<Record<string, string>> = {
  quote: "Makes an estimate from a customer's request and images",
  reply: "Suggests the reply to a mail",
  review: "Names the shortcomings of an edited suggestion, and proposes facts",
  learning: "Learns style, topics and facts from sent mails",
};

/** Purpose of a prompt in words. */
export function purposeOf(name: string): string {
  return PURPOSES[name] ?? "";
}

/** Title of a prompt: "quote" → "Quote". */
export function titleOf(name: string): string {
  return formatEnum(name);
}

const VARIABLES: Readonly<Record<string, string>> = {
  data_notice:
    "Required: tells the model that the delimited text of customers is data, not instructions",
  organization: "Name of the organization",
  today: "Date of the call",
};

/** Meaning of a variable in words. */
export function meaningOf(variable: string): string {
  return VARIABLES[variable] ?? "";
}
