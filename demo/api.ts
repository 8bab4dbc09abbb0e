/** Sends an operation to the GraphQL endpoint; throws if the response has errors. */
export async function execute<Data>(
  { address, key }: { readonly address: string; readonly key: string },
  query: string,
  variables: Record<string, unknown>,
): Promise<Data> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors || !data) throw new Error(`Cannot execute an operation: ${JSON.stringify(errors)}`);
  return data;
}
