/** Result of checking a key: accepted, or the reason for people. */
export type KeyCheck = { readonly accepted: true } | {
  readonly accepted: false;
  readonly reason: string;
};

interface Answer {
  readonly data?: { readonly viewer: { readonly id: string } };
  readonly errors?: readonly { readonly message: string }[];
}

/** Asks the server whether it accepts a key. */
export async function checkKey(key: string): Promise<KeyCheck> {
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ query: "query CheckKey { viewer { id } }" }),
    });
    const { data, errors }: Answer = await response.json();
    if (data?.viewer) return { accepted: true };
    if (response.status === 401) return { accepted: false, reason: refusal(errors?.[0]?.message) };
    return {
      accepted: false,
      reason: errors?.[0]?.message ?? `The server answered ${response.status}.`,
    };
  } catch {
    return {
      accepted: false,
      reason: "Cannot reach the server. Check that it runs, then try again.",
    };
  }
}

function refusal(message: string | undefined): string {
  if (message && /expired|revoked/.test(message)) return message;
  return "The server does not know this key. Check that it was copied whole; keys start with wb_.";
}
