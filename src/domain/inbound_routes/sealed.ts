import type { Services } from "../services.ts";
import type { Vault } from "../vault.ts";
import type { InboundKind } from "./route.ts";

/** Encrypts the secret of a route, for this organization and kind only. */
export function sealSecret(
  services: Services,
  organizationId: string,
  kind: InboundKind,
  signingSecret: string,
): Promise<string> {
  return vaultOf(services).seal(ownerOf(organizationId, kind), { signingSecret });
}

/**
 * Decrypts a secret of `sealSecret`.
 *
 * @throws {VaultError} if it was encrypted under another key, or for another route
 */
export function openSecret(
  services: Services,
  organizationId: string,
  kind: InboundKind,
  sealed: string,
): Promise<string> {
  return vaultOf(services).openSigningSecret(ownerOf(organizationId, kind), sealed);
}

function ownerOf(organizationId: string, kind: InboundKind): string {
  return `${organizationId} ${kind}`;
}

function vaultOf({ vault }: Services): Vault {
  if (vault) return vault;
  throw new Error("Cannot use secrets of inbound routes: this process was started without a vault");
}
