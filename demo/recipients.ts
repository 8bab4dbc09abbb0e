const PLANS = ["free", "team", "business"];

/**
 * Generates a CSV file of sample recipients: every 40th has no mailbox, every 90th has a full mailbox, and
 * every 1,000th line is invalid.
 */
export function recipientsCsv(count: number): ReadableStream<Uint8Array> {
  return ReadableStream.from(lines(count)).pipeThrough(new TextEncoderStream());
}

function* lines(count: number): Generator<string> {
  yield "email,name,plan\n";
  for (let n = 1; n <= count; n++) {
    yield n % 1_000 === 0 ? `not an address,Person ${n},free\n` : line(n);
  }
}

function line(n: number): string {
  const kind = n % 40 === 0 ? "nobody" : n % 90 === 0 ? "full" : "person";
  return `${kind}${n}@example.com,Person ${n},${PLANS[n % PLANS.length]}\n`;
}
