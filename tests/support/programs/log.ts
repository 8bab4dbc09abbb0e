import { getLogger } from "@logtape/logtape";
import { configureLogging } from "../../../src/app/logging.ts";

// Logs some records with the options in its first argument (JSON).
await configureLogging(JSON.parse(Deno.args[0] ?? ""));
const error = new Error("The disk is full", { cause: new Error("No space left") });
getLogger(["waybill", "worker"]).debug("Claimed {count} jobs", {
  count: 3,
  error: { type: "NETWORK", code: "ECONNREFUSED", message: "connect ECONNREFUSED 127.0.0.1:25" },
});
getLogger(["waybill", "server"]).debug("A detail");
getLogger(["waybill", "server"]).error("Cannot write", { path: "out.eml", error });
