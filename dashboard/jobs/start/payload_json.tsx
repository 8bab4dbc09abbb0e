import { Button, Textarea } from "@mantine/core";
import { useRef } from "react";
import type { FieldIssue } from "../../kit/action.ts";
import { findPath, parsePayload } from "./payload_schema.ts";

/** JSON of a payload; each fault is listed with its path, and selects its place in the text. */
export function PayloadJson({ text, onChange, issues }: {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly issues: readonly FieldIssue[];
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const malformed = parsePayload(text) === null;

  function select(path: readonly string[]) {
    area.current?.focus();
    area.current?.setSelectionRange(...findPath(text, path));
  }

  return (
    <div>
      <Textarea
        ref={area}
        label="Payload"
        description="A JSON object"
        classNames={{ input: "json-input" }}
        autosize
        minRows={5}
        maxRows={20}
        spellCheck={false}
        value={text}
        error={malformed ? "This is not a JSON object" : issues.length > 0}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <div role="alert">
        {issues.length > 0 && (
          <ul className="payload-issues">
            {issues.map(({ path, message }) => (
              <li key={`${path.join(".")} ${message}`}>
                {path.length > 0 && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() => select(path)}
                  >
                    {path.join(".")}
                  </Button>
                )} {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
