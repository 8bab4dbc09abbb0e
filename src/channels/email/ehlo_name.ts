import { hostname } from "node:os";
import { type SmtpProvider, toHostName } from "./smtp_url.ts";

// Many servers refuse a name without a dot and an address of the loopback network.
const FALLBACK = "localhost.localdomain";

/**
 * Returns the name for EHLO: the one in the provider's URL, else the sender's domain, else the host name
 * of this machine. The last two are used only if they have a dot.
 */
export function ehloName(
  { ehloName }: Pick<SmtpProvider, "ehloName">,
  senderDomain: string,
  machine = hostname(),
): string {
  if (ehloName !== null) return ehloName;
  const names = [senderDomain, machine].map(toHostName);
  return names.find((name) => name?.includes(".")) ?? FALLBACK;
}
