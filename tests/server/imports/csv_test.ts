import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { readCsv } from "../../support/csv.ts";

// The network may split a file at any byte.
const PIECE_SIZES = [1, 7, 4096];

/** Each row as "line address" or "line: reason". */
async function read(text: string, pieceSize = 4096): Promise<string[]> {
  const rows = await readRows(text, pieceSize);
  return rows.map((row) =>
    "reason" in row ? `${row.line}: ${row.reason}` : `${row.line} ${row.recipient.address}`
  );
}

const readRows = (text: string, pieceSize = 4096) => readCsv(text, { pieceSize });

async function faults(text: string): Promise<string[]> {
  try {
    await read(text);
    return [];
  } catch (error) {
    assert(error instanceof InvalidInputError);
    return error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
  }
}

Deno.test("CsvReader reads address, name and variables in the order of the header", async () => {
  for (const pieceSize of PIECE_SIZES) {
    const text = 'city,Email , NAME\nKöln,ann@x.de,"Ann ""A"" Lee"\n"a,b\nc",bob@x.de,';
    assert.deepEqual(await readRows(text, pieceSize), [
      {
        line: 2,
        recipient: { address: "ann@x.de", name: 'Ann "A" Lee', variables: { city: "Köln" } },
      },
      { line: 3, recipient: { address: "bob@x.de", name: "", variables: { city: "a,b\nc" } } },
    ]);
  }
});

Deno.test("CsvReader reads the address columns of another channel as variables", async () => {
  assert.deepEqual(await readRows("E-Mail,psid\nann@x.de,246"), [
    { line: 2, recipient: { address: "ann@x.de", name: null, variables: { psid: "246" } } },
  ]);
  assert.deepEqual(await faults("psid\n246\n"), ["header REQUIRED"]);
  assert.deepEqual(await readCsv("email,psid\nann@x.de,246", { channel: "MESSENGER" }), [
    { line: 2, recipient: { address: "246", name: null, variables: { email: "ann@x.de" } } },
  ]);
});

Deno.test("CsvReader accepts four delimiters, a byte order mark and CRLF", async () => {
  for (const delimiter of [",", ";", "\t", "|"]) {
    for (const pieceSize of PIECE_SIZES) {
      const text = '\ufeffaddress^"note"\r\na@x.de^1\r\nb@x.de^2\r\n'.replaceAll("^", delimiter);
      assert.deepEqual(await readRows(text, pieceSize), [
        { line: 2, recipient: { address: "a@x.de", name: null, variables: { note: "1" } } },
        { line: 3, recipient: { address: "b@x.de", name: null, variables: { note: "2" } } },
      ]);
    }
  }
});

Deno.test("CsvReader counts lines to the start of each record", async () => {
  for (const pieceSize of PIECE_SIZES) {
    for (const end of ["\n", "\r\n"]) {
      const text = '\nemail,note\n\na@x.de,"1\n2\n\n3"\n , \n\nb@x.de,2\nc@x.de,1,2\nd@x.de,'
        .replaceAll("\n", end);
      assert.deepEqual(await read(text, pieceSize), [
        "4 a@x.de",
        "10 b@x.de",
        "11: has 3 field(s), but the header has 2",
        "12 d@x.de",
      ]);
    }
  }
});

Deno.test("CsvReader refuses only the row of an unclosed quote", async () => {
  const rowsFrom = (line: number) => [`${line} b@x.de`, `${line + 1} c@x.de`, `${line + 2} d@x.de`];
  for (const pieceSize of PIECE_SIZES) {
    for (const lastName of ["Dan", '"Dan"', '"D ""D"""', 'D "D"']) {
      for (const bad of ['a@x.de,"Ann', 'a@x.de, "Ann', '"a@x.de,Ann']) {
        const text = `email,name\n${bad}\nb@x.de,Bob\nc@x.de,Cat\nd@x.de,${lastName}\n`;
        assert.deepEqual(
          await read(text, pieceSize),
          ["2: has unbalanced quotes", ...rowsFrom(3)],
          text,
        );
      }
    }
    assert.deepEqual(
      await read('email,name\na@x.de,1,"\nb@x.de,Bob\nc@x.de,"\nd@x.de,Dan', pieceSize),
      [
        "2: has 3 field(s), but the header has 2; check for an unclosed quote",
        "3 b@x.de",
        "4: has unbalanced quotes",
        "5 d@x.de",
      ],
    );
  }
});

Deno.test("CsvReader refuses a record over 64 KB and continues after it", async () => {
  for (const pieceSize of [4096, 1_000_000]) {
    const text = `email,note\na@x.de,${"x".repeat(200_000)}\nb@x.de,1\n`;
    // A record that arrived whole may become a row, because its fields are checked later.
    const [first, ...others] = await read(text, pieceSize);
    assert.match(first ?? "", /^2/);
    assert.deepEqual(others, ["3 b@x.de"]);
  }
  const filler = Array.from({ length: 10_000 }, (_, i) => `user${i}@x.de,1`);
  const rows = await read(`email,note\na@x.de,"\n${filler.join("\n")}\nz@x.de,"2"`);
  assert.equal(rows.length, 10_002);
  assert.equal(rows[0], "2: is longer than 65536 bytes; check for an unclosed quote");
  assert.equal(rows.at(-1), "10003 z@x.de");
});

Deno.test("CsvReader refuses an unusable header and names each fault", async () => {
  assert.deepEqual(await faults(""), ["header REQUIRED"]);
  assert.deepEqual(await faults("\n\r\n"), ["header REQUIRED"]);
  assert.deepEqual(await faults("ann@x.de,Ann\n"), ["header REQUIRED"]);
  assert.deepEqual(await faults("email,E-Mail\n"), ["header DUPLICATE"]);
  assert.deepEqual(await faults("email,Name,name\n"), ["header.name DUPLICATE"]);
  assert.deepEqual(await faults("email,city,First Name,city,,empty\n"), [
    "header.city DUPLICATE",
    "header.empty MALFORMED",
  ]);
  assert.deepEqual(await faults('email,"name\n'), ["header MALFORMED"]);
  assert.deepEqual(await faults(`email,${"x".repeat(200_000)}`), ["header MALFORMED"]);
});
