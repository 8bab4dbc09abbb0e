import {
  configure,
  getConsoleSink,
  getJsonLinesFormatter,
  getTextFormatter,
  type LogRecord,
  type TextFormatter,
} from "@logtape/logtape";
import type { Config } from "../config/config.ts";
import { DatabaseConnectionError } from "../db/sqlstate.ts";

/**
 * Configures the log of this process. It goes to standard error, because standard output is for the
 * output of commands. Loggers are named ["waybill", <category>].
 */
export async function configureLogging(options: Config["log"]): Promise<void> {
  const format = options.format ?? (Deno.stderr.isTerminal() ? "text" : "json");
  const levels = Object.entries(options.categories);
  await configure({
    reset: true,
    sinks: {
      log: getConsoleSink({
        formatter: format === "json"
          ? getJsonLinesFormatter({ properties: "flatten" })
          : textFormatter(),
        levelMap: {
          trace: "error",
          debug: "error",
          info: "error",
          warning: "error",
          error: "error",
          fatal: "error",
        },
      }),
    },
    loggers: [
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["log"] },
      { category: "waybill", lowestLevel: options.level, sinks: ["log"] },
      ...levels.map(([category, lowestLevel]) => ({
        category: ["waybill", ...category.split(".")],
        lowestLevel,
        sinks: ["log" as const],
        // Otherwise the sink of "waybill" would log each record a second time.
        parentSinks: "override" as const,
      })),
    ],
  });
}

// 12:30:00.000 info worker: Job SEND_BATCH job_…, attempt 1: done after 71 ms
function textFormatter(): TextFormatter {
  return getTextFormatter({
    timestamp: "time",
    level: "full",
    value: (value) => inspect(value),
    format: ({ timestamp, level, message, record }) => {
      const source = [level.toLowerCase(), ...record.category.slice(1)].join(" ");
      return `${timestamp} ${source}: ${message}${formatOtherProperties(record)}`;
    },
  });
}

// Properties that the message does not contain: " name=value" each.
function formatOtherProperties({ properties, rawMessage }: LogRecord): string {
  const template = typeof rawMessage === "string" ? rawMessage : rawMessage.join("");
  const others = Object.entries(properties)
    .filter(([name, value]) => value !== null && !template.includes(`{${name}}`))
    .map(([name, value]) => ` ${name}=${inspect(value)}`);
  return others.length > 0 ? ` ${others.join("")}` : "";
}

function inspect(value: unknown): string {
  // Without a stack trace, because an outage of the database is no fault of the program.
  if (value instanceof DatabaseConnectionError) return `${value.name}: ${value.message}`;
  return typeof value === "string"
    ? value
    : Deno.inspect(value, { depth: 4, breakLength: Infinity });
}
