import assert from "node:assert/strict";
import { type ContactInput, tidyContact } from "../../../src/domain/contacts/contact.ts";
import { mergeContacts } from "../../../src/domain/contacts/merge.ts";

function merge(...inputs: ContactInput[]) {
  const contacts = inputs.map((input, line) => ({ line, contact: tidyContact(input) }));
  const { merged, conflicting } = mergeContacts(contacts);
  return {
    merged: merged.map(({ contact: { email, psid, name }, lines }) => [email, psid, name, lines]),
    conflicting,
  };
}

Deno.test("mergeContacts() joins rows by email address and by psid", () => {
  assert.deepEqual(
    merge(
      { email: "Ada@example.net", name: "Ada" },
      { email: "max@example.net" },
      { email: "ada@EXAMPLE.net", psid: "1" },
      { psid: "1", name: "Countess" },
      { psid: "2" },
    ),
    {
      merged: [
        ["Ada@example.net", "1", "Countess", [0, 2, 3]],
        ["max@example.net", null, null, [1]],
        [null, "2", null, [4]],
      ],
      conflicting: [],
    },
  );
});

Deno.test("mergeContacts() gives a psid the email address of a later row", () => {
  assert.deepEqual(merge({ psid: "1", name: "Ada" }, { email: "ada@example.net", psid: "1" }), {
    merged: [["ada@example.net", "1", "Ada", [0, 1]]],
    conflicting: [],
  });
});

Deno.test("mergeContacts() names rows whose psid has another email address", () => {
  assert.deepEqual(
    merge(
      { email: "ada@example.net", psid: "1" },
      { email: "max@example.net" },
      { email: "max@example.net", psid: "1" },
      { email: "cleo@example.net", psid: "1" },
    ),
    {
      merged: [["ada@example.net", "1", null, [0]], ["max@example.net", null, null, [1]]],
      conflicting: [2, 3],
    },
  );
});
