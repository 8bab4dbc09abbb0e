import { Autocomplete, TextInput } from "@mantine/core";
import { useTyped } from "../kit/typed.ts";
import type { UrlState } from "../kit/url_state.ts";
import type { KindInfo } from "./job_kinds.ts";
import { payloadPaths } from "./start/payload_schema.ts";

const TYPING_MS = 400;

/** Filter by a value of the payload: a path, which the fields of all kinds complete, and its value. */
export function PayloadFilter({ state, onChange, kinds }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
  readonly kinds: readonly KindInfo[];
}) {
  const [path, setPath] = useTyped(state.path ?? "", (text) => onChange({ path: text }), TYPING_MS);
  const [equals, setEquals] = useTyped(
    state.equals ?? "",
    (text) => onChange({ equals: text }),
    TYPING_MS,
  );
  const incomplete = (state.path === undefined) !== (state.equals === undefined);
  return (
    <>
      <Autocomplete
        size="xs"
        className="payload-path"
        aria-label="Path in the payload"
        placeholder="Payload path"
        data={payloadPaths(kinds.map(({ payloadSchema }) => payloadSchema))}
        value={path}
        onChange={setPath}
      />
      <TextInput
        size="xs"
        className="payload-value"
        aria-label="Value at the path"
        placeholder="equals"
        title={`JSON, or text: 30 is a number, "30" is a text`}
        value={equals}
        onChange={(event) => setEquals(event.currentTarget.value)}
      />
      {incomplete && <span className="dimmed">Enter both a path and a value.</span>}
    </>
  );
}
