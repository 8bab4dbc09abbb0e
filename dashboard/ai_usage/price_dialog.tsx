import { Button, Group, Modal, NumberInput, Stack, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { SetAiPrice } from "./operations.ts";

const FIELDS = [
  { name: "input", label: "Input" },
  { name: "cachedInput", label: "Cached input (empty: as input)" },
  { name: "output", label: "Output" },
] as const;

type Prices = Readonly<Record<typeof FIELDS[number]["name"], number | string>>;

const EMPTY: Prices = { input: "", cachedInput: "", output: "" };

/** Dialog that sets the price of a model from now on. */
export function PriceDialog({ model, onClose, onSet }: {
  /** Name of the model, "" for any; null: the dialog is closed. */
  readonly model: string | null;
  readonly onClose: () => void;
  readonly onSet: () => void;
}) {
  const set = useAction(SetAiPrice, (data) => data.setAiPrice);
  const [name, setName] = useState("");
  const [prices, setPrices] = useState(EMPTY);
  useEffect(() => {
    setName(model ?? "");
    setPrices(EMPTY);
  }, [model]);

  function close() {
    set.clear();
    onClose();
  }

  async function save() {
    const done = await set.run({
      input: {
        model: name,
        input: usd(prices.input),
        cachedInput: prices.cachedInput === "" ? null : usd(prices.cachedInput),
        output: usd(prices.output),
      },
    });
    if (isFailure(done)) return;
    onSet();
    close();
  }

  return (
    <Modal opened={model !== null} onClose={close} title="Price of a model" centered>
      <Stack gap="sm">
        {set.failure && !set.failure.issues && <ErrorNotice reason={set.failure.reason} />}
        <TextInput
          label="Model"
          description="As it is requested. A model of your own can cost 0."
          placeholder="llama3.2"
          value={name}
          error={set.issueOf("model")}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        {FIELDS.map((field) => (
          <NumberInput
            key={field.name}
            label={`${field.label}, USD per million tokens`}
            min={0}
            decimalScale={6}
            value={prices[field.name]}
            error={set.issueOf(field.name)}
            onChange={(value) => setPrices({ ...prices, [field.name]: value })}
          />
        ))}
        <p className="dimmed">
          The price holds for all organizations, from now on. Recorded costs stay as they are.
        </p>
        <Group justify="flex-end">
          <Button
            loading={set.running}
            disabled={name.trim() === "" || prices.input === "" || prices.output === ""}
            onClick={save}
          >
            Set the price
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function usd(amount: number | string): { amount: string; currency: string } {
  return { amount: String(amount), currency: "USD" };
}
