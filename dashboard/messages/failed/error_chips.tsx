import { Text } from "@mantine/core";
import { ALL_ERROR_TYPES, ERROR_TYPES } from "../../deliveries/error_types.ts";
import type { ErrorType } from "../../deliveries/delivery_fields.ts";
import { formatCount } from "../../kit/format.ts";
import type { MessageDetail } from "../message_query.ts";

/** Filter by error type with counts; the meaning and remedy of the chosen types are below. */
export function ErrorChips({ counts, chosen, onChange }: {
  readonly counts: MessageDetail["errorTypeCounts"];
  readonly chosen: readonly ErrorType[];
  readonly onChange: (types: readonly ErrorType[]) => void;
}) {
  const countOf = (type: ErrorType) =>
    counts.find(({ errorType }) => errorType === type)?.count ?? 0;

  function toggle(type: ErrorType) {
    onChange(chosen.includes(type) ? chosen.filter((other) => other !== type) : [...chosen, type]);
  }

  return (
    <div className="error-chips">
      <div role="group" aria-label="Error types">
        {ALL_ERROR_TYPES.map((type) => {
          const { label, icon: Symbol, meaning } = ERROR_TYPES[type];
          const count = countOf(type);
          return (
            <button
              key={type}
              type="button"
              className="error-chip"
              aria-pressed={chosen.includes(type)}
              data-empty={count === 0 || undefined}
              title={meaning}
              onClick={() => toggle(type)}
            >
              <Symbol size={15} aria-hidden />
              {label}
              <strong className="numbers">{formatCount(count)}</strong>
            </button>
          );
        })}
      </div>
      {ALL_ERROR_TYPES.filter((type) => explained(type, chosen, counts)).map((type) => {
        const { label, icon: Symbol, meaning, remedy } = ERROR_TYPES[type];
        return (
          <Text key={type} size="sm" className="error-meaning">
            <Symbol size={15} aria-hidden />
            <span>
              <strong>{label}:</strong> {meaning} {remedy}
            </span>
          </Text>
        );
      })}
    </div>
  );
}

// Without a choice the most frequent type is explained, because it is likely to be the one to repair.
function explained(
  type: ErrorType,
  chosen: readonly ErrorType[],
  counts: MessageDetail["errorTypeCounts"],
): boolean {
  return chosen.length > 0 ? chosen.includes(type) : counts[0]?.errorType === type;
}
