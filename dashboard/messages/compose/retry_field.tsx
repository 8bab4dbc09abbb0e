import { NumberInput, Radio, Stack, Table } from "@mantine/core";
import { ATTEMPT_HINTS, METHOD_HINTS, RETRY_MODES } from "../retry_options.ts";
import type { ChangeDraft, Draft } from "./draft.ts";

/** Automatic retry, with recommendations for the mode and the number of attempts. */
export function RetryField({ draft, onChange, errorOf }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly errorOf: (...path: string[]) => string | undefined;
}) {
  return (
    <fieldset>
      <legend>Automatic retry (optional)</legend>
      <Radio.Group
        aria-label="Retry method"
        value={draft.retryMode}
        onChange={(value) => {
          const mode = RETRY_MODES.find((known) => known.value === value);
          if (mode) onChange({ retryMode: mode.value });
        }}
      >
        <Stack gap="xs">
          {RETRY_MODES.map(({ value, label, description }) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      <NumberInput
        mt="sm"
        w={160}
        label="Attempts per recipient"
        description="1 to 10"
        min={1}
        max={10}
        allowDecimal={false}
        value={draft.maxAttempts}
        error={errorOf("retry", "maxAttempts")}
        onChange={(value) => onChange({ maxAttempts: Number(value) })}
      />
      <div className="hints">
        <HintTable head={["Scenario", "Recommended method"]} rows={METHOD_HINTS} />
        <HintTable head={["Priority", "Recommended attempts"]} rows={ATTEMPT_HINTS} />
      </div>
    </fieldset>
  );
}

function HintTable({ head, rows }: {
  readonly head: readonly [string, string];
  readonly rows: readonly (readonly [string, string])[];
}) {
  return (
    <Table verticalSpacing={2} horizontalSpacing={6}>
      <Table.Thead>
        <Table.Tr>{head.map((text) => <Table.Th key={text}>{text}</Table.Th>)}</Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([first, second]) => (
          <Table.Tr key={first}>
            <Table.Td>{first}</Table.Td>
            <Table.Td>{second}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
