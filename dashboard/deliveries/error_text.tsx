import { ERROR_TYPES } from "./error_types.ts";
import type { DeliveryRow } from "./delivery_fields.ts";

/** Error of a delivery in one line: icon of its type, code, text of the provider. */
export function ErrorText({ error }: { readonly error: DeliveryRow["error"] }) {
  if (!error) return null;
  const { icon: Symbol, label } = ERROR_TYPES[error.type];
  const text = formatError(error);
  return (
    <span className="error-text" title={`${label}: ${text}`}>
      <Symbol size={14} aria-label={label} />
      <span>{text}</span>
    </span>
  );
}

/** Code and text of an error; most texts of mail servers begin with the code. */
export function formatError({ code, message }: NonNullable<DeliveryRow["error"]>): string {
  return code === null || message.startsWith(code) ? message : `${code} ${message}`;
}
