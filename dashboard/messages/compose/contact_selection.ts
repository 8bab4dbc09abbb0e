import type { VariablesOf } from "../../api/graphql.ts";
import type { Draft } from "./draft.ts";
import type { SendMessage } from "./send.ts";

type Recipients = VariablesOf<typeof SendMessage>["input"]["to"];
type ContactSelection = Extract<Recipients, { readonly contacts: object }>["contacts"];

/** Selected contacts of a draft; null: none was picked. */
export function contactSelectionOf(
  { contacts, contactIds }: Pick<Draft, "contacts" | "contactIds">,
): ContactSelection | null {
  if (contacts !== "picked") return contacts === "vip" ? { vip: true } : { all: true };
  return contactIds.length > 0 ? { ids: [...contactIds] } : null;
}
