import { getLogger } from "@logtape/logtape";
import type { SettledCall } from "../domain/ai_usage/settle.ts";
import { toTypeId } from "../domain/id.ts";
import { toLogText } from "../domain/log_text.ts";
import type { Services } from "../domain/services.ts";
import type { LiveModel } from "./live_model.ts";
import type { ModelQuestion } from "./model_caller.ts";

const log = getLogger(["waybill", "ai"]);

/** Logs and counts a request that has ended, without its contents. */
export function reportCall(
  { meter }: Pick<Services, "meter">,
  { model, provider }: Pick<LiveModel, "model" | "provider">,
  { kind, jobId, subject }: Pick<ModelQuestion, "kind" | "jobId" | "subject">,
  callId: string,
  end: SettledCall,
): void {
  const { outcome, error, usage, firstTokenMs, durationMs } = end;
  const ms = Math.round(durationMs ?? 0);
  meter?.modelCall({ provider, model, kind }, {
    outcome,
    errorType: error?.type ?? null,
    seconds: ms / 1_000,
    firstTokenSeconds: firstTokenMs === null ? null : firstTokenMs / 1_000,
    usage,
  });
  const properties = {
    callId: toTypeId("aiCall", callId),
    jobId: jobId && toTypeId("job", jobId),
    subjectId: subject && toTypeId(subject.type, subject.id),
    kind,
    model,
    outcome,
    ms,
    firstTokenMs,
  };
  const text = "Call {callId} of {model} for {kind}: {outcome} after {ms} ms";
  if (!error || outcome === "CANCELLED") return log.info(text, properties);
  log.warn(`${text}: {type} {code}: {text}`, {
    ...properties,
    type: error.type,
    code: error.code,
    text: toLogText(error.message),
  });
}

/** Logs that the end of a request could not be recorded; it becomes UNKNOWN later. */
export function reportUnsettled(callId: string, error: unknown): void {
  log.error("Cannot record the end of call {callId}", {
    callId: toTypeId("aiCall", callId),
    error,
  });
}
