import { fingerprintOf, reportProblems } from "../problems/report.ts";

/**
 * Returns SQL for the fingerprint of a delivery's error; null if its pattern is null.
 *
 * @param error alias of a row with `provider`, `error_type`, `error_code` and `pattern`
 * @param channel expression for the channel of the message
 */
export function deliveryFingerprint(error: string, channel: string): string {
  return fingerprintOf({
    source: "'DELIVERY'",
    origin: channel,
    provider: causingProvider(error),
    errorType: `${error}.error_type`,
    code: `${error}.error_code`,
    pattern: `${error}.pattern`,
  });
}

/**
 * Returns SQL for the fingerprint of deliveries that may have been sent, because their worker died.
 *
 * @param message error message without variable parts
 * @param channel expression for the channel of the message
 */
export function interruptedFingerprint(message: string, channel: string): string {
  return fingerprintOf({
    source: "'DELIVERY'",
    origin: channel,
    provider: "null",
    errorType: "'OTHER'",
    code: "'INTERRUPTED'",
    pattern: `'${message}'`,
  });
}

/**
 * Returns SQL that reports failed deliveries as problems, as a part of the statement that records them.
 *
 * @param failures a SELECT with one row per delivery: `organization_id`, `message_id`, `id`, `fingerprint`
 *   (null: not reported), `channel`, `provider`, `error_type`, `error_code`, `error_message` and `pattern`
 */
export function reportDeliveries(failures: string): string {
  return reportProblems(`
    select organization_id, fingerprint, 'DELIVERY' as source, channel as origin,
      ${causingProvider("d")} as provider, error_type, error_code as code, pattern,
      message_id as affected_id, id as subject_id, error_message as message
    from (${failures}) d`);
}

// Other errors are about the recipient or the mail, so that they have the same cause at each provider.
function causingProvider(error: string): string {
  return `case when ${error}.error_type in ('ACCESS_TOKEN', 'RATE_LIMIT', 'NETWORK')
    then ${error}.provider end`;
}
