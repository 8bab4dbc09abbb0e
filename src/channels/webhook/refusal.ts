import { PrivateAddressError, PUBLIC_ONLY, type Resolve, resolveChecked } from "./address.ts";

/**
 * Resolves the host of a new endpoint.
 *
 * @returns the reason to refuse it, whose message continues a sentence that begins with the field; null if it may be
 *   called, or if no DNS server answers
 */
export async function refusalOfHost(
  host: string,
  resolve: Resolve = PUBLIC_ONLY.resolve,
): Promise<{ code: string; message: string } | null> {
  try {
    await resolveChecked(host, { ...PUBLIC_ONLY, resolve });
    return null;
  } catch (error) {
    if (error instanceof PrivateAddressError) {
      const remedy = "set WEBHOOK_ALLOW_PRIVATE=true to allow private addresses";
      return {
        code: error.code,
        message: `leads to ${error.address}, a private address; ${remedy}`,
      };
    }
    if (error instanceof Error && "code" in error && error.code === "ENOTFOUND") {
      return { code: "UNKNOWN_HOST", message: `names the unknown host ${host}` };
    }
    return null;
  }
}
