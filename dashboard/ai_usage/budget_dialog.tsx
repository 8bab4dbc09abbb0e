import { Button, Group, Modal, NumberInput, Select, Stack } from "@mantine/core";
import { useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { type AiToday, UpdateBudget } from "./operations.ts";

const OF_ORGANIZATION = "";
const TIMEZONES = [
  { value: OF_ORGANIZATION, label: "That of the organization" },
  ...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")]),
];

/** Dialog that changes or removes the daily budget. */
export function BudgetDialog({ today, onClose }: {
  readonly today: AiToday;
  readonly onClose: () => void;
}) {
  const { budget, warnAtFraction, timezone, timezoneSet } = today;
  const update = useAction(UpdateBudget, (data) => data.updateBudget);
  const [amount, setAmount] = useState<number | string>(budget ? Number(budget.amount) : "");
  const [percent, setPercent] = useState<number | string>(Math.round(warnAtFraction * 100));
  const [zone, setZone] = useState(timezoneSet ? timezone : OF_ORGANIZATION);

  async function save(perDay: { amount: string; currency: string } | null) {
    const done = await update.run({
      input: { perDay, warnAtFraction: Number(percent) / 100, timezone: zone || null },
    });
    if (!isFailure(done)) onClose();
  }

  return (
    <Modal opened onClose={onClose} title="Daily budget" centered>
      <Stack gap="sm">
        {update.failure && !update.failure.issues && <ErrorNotice reason={update.failure.reason} />}
        <NumberInput
          label="Limit per day in USD"
          description="A call that could exceed it is not made; its job waits until midnight."
          min={0}
          decimalScale={6}
          value={amount}
          error={update.issueOf("perDay")}
          onChange={setAmount}
          data-autofocus
        />
        <NumberInput
          label="Warn ADMINs at, in percent"
          min={1}
          max={100}
          allowDecimal={false}
          value={percent}
          error={update.issueOf("warnAtFraction")}
          onChange={setPercent}
        />
        <Select
          label="Time zone of the days"
          searchable
          allowDeselect={false}
          limit={100}
          data={TIMEZONES}
          value={zone}
          error={update.issueOf("timezone")}
          onChange={(value) => setZone(value ?? OF_ORGANIZATION)}
        />
        <Group justify="flex-end">
          {budget && (
            <Button variant="default" loading={update.running} onClick={() => save(null)}>
              Remove the budget
            </Button>
          )}
          <Button
            loading={update.running}
            disabled={amount === "" || percent === ""}
            onClick={() => save({ amount: String(amount), currency: "USD" })}
          >
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
