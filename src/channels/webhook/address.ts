import { lookup as lookupDns, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";
import { promisify } from "node:util";
import ipaddr from "ipaddr.js";

/** Resolves a host name to all its addresses. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** A host leads to an address inside the private network, so that it is not called. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
  readonly code = "PRIVATE_ADDRESS";

  constructor(readonly host: string, readonly address: string) {
    super(
      host === address
        ? `${address} is a private address`
        : `${host} resolves to the private address ${address}`,
    );
  }
}

// Public by its range, but an internal service of virtual machines in Azure.
const INTERNAL: ReadonlySet<string> = new Set(["168.63.129.16"]);
// All public IPv6 addresses (RFC 4291 section 2.4); the library calls some others unicast, too.
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address must not be called: private, loopback, link-local (cloud metadata), shared, multicast, reserved,
 * or one that embeds an IPv4 address in another form.
 */
export function isPrivateAddress(address: string): boolean {
  const [withoutZone = ""] = address.split("%");
  // Converts an IPv4-mapped IPv6 address (::ffff:10.0.0.1) to IPv4.
  const parsed = ipaddr.process(withoutZone);
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(PUBLIC_IPV6)) return true;
  return parsed.range() !== "unicast" || INTERNAL.has(parsed.toString());
}

const resolveAll = promisify(lookupDns);

const systemResolve: Resolve = (host) => resolveAll(host, { all: true });

/** Resolver, and the addresses that it must not lead to. */
export interface AddressRules {
  readonly resolve: Resolve;
  readonly isRefused: (address: string) => boolean;
}

/** Rules of a client that calls public addresses only. */
export const PUBLIC_ONLY: AddressRules = { resolve: systemResolve, isRefused: isPrivateAddress };

/**
 * Resolves a host and refuses it if any of its addresses is refused.
 *
 * @param host host of a URL: a name or an address, also in brackets
 * @returns at least one address
 * @throws {PrivateAddressError} @throws the error of the resolver
 */
export async function resolveChecked(
  host: string,
  { resolve, isRefused }: AddressRules = PUBLIC_ONLY,
): Promise<readonly LookupAddress[]> {
  const name = host.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(name);
  const addresses = family > 0 ? [{ address: name, family }] : await resolve(name);
  for (const { address } of addresses) {
    if (isRefused(address)) throw new PrivateAddressError(name, address);
  }
  if (addresses.length === 0) throw new Error(`${name} has no address`);
  return addresses;
}

/**
 * Creates the `lookup` of a connection: the addresses that it returns are those that were checked, so that a second
 * answer of a DNS server cannot lead elsewhere.
 */
export function checkedLookup(rules: AddressRules): LookupFunction {
  return (host, { all }, callback) => {
    resolveChecked(host, rules).then(
      (addresses) => {
        const [first] = addresses;
        if (all) callback(null, [...addresses]);
        else callback(null, first?.address ?? "", first?.family);
      },
      (error) => callback(error, ""),
    );
  };
}
