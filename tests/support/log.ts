import { configure, type LogLevel, type LogRecord, reset } from "@logtape/logtape";

/**
 * Runs `work` and returns the messages that the program logged meanwhile, each with its error.
 *
 * @param level the lowest level that is returned
 */
export async function logOf(
  work: () => Promise<void>,
  level: LogLevel = "info",
): Promise<string[]> {
  const lines: string[] = [];
  const write = ({ message, properties: { error } }: LogRecord) =>
    void lines.push(error ? `${message.join("")}: ${error}` : message.join(""));
  await configure({
    sinks: { lines: write },
    loggers: [
      { category: "waybill", sinks: ["lines"], lowestLevel: level },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await work();
  } finally {
    await reset();
  }
  return lines;
}
