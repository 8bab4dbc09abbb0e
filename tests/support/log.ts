import { configure, type LogRecord, reset } from "@logtape/logtape";

/** What the program logs, from info on, while `work` is done: the messages of the lines. */
export async function logOf(work: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const note = ({ message }: LogRecord) => void lines.push(message.join(""));
  await configure({
    sinks: { lines: note },
    loggers: [
      { category: "waybill", sinks: ["lines"], lowestLevel: "info" },
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
