import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readCsv, refusalOf } from "../../support/csv.ts";

const PIECE_SIZES = [1, 3, 4096];

/** Each row as "line address name {variables}", or as "line: reason". */
async function read(
  file: string | Uint8Array,
  options?: Parameters<typeof readCsv>[1],
): Promise<string[]> {
  return (await readCsv(file, options)).map((row) => {
    if ("reason" in row) return `${row.line}: ${row.reason}`;
    const { address, name, variables } = row.recipient;
    return [row.line, address, name || "-", JSON.stringify(variables)].join(" ");
  });
}

const ADA = 'ada@x.de Ada {"city":"Bonn"}';
const MAX = 'max@x.de Max {"city":""}';

for (
  const [kind, file, expected] of [
    ["CR as line end", "email,name,city\rada@x.de,Ada,Bonn\rmax@x.de,Max,\r", [2, 3]],
    ["CR CR LF", "email,name,city\r\r\nada@x.de,Ada,Bonn\r\r\nmax@x.de,Max,\r\r\n", [2, 3]],
    ["a line sep=;", "sep=;\r\nemail;name;city\r\nada@x.de;Ada;Bonn\r\nmax@x.de;Max;\r\n", [3, 4]],
    ["a quoted line sep=", '"sep=|"\nemail|name|city\nada@x.de|Ada|Bonn\nmax@x.de|Max|', [3, 4]],
    ["sep=, with more commas", "sep=,\nemail,name,city\nada@x.de,Ada,Bonn\nmax@x.de,Max,", [3, 4]],
    ["short rows", "email,name,city\nada@x.de,Ada,Bonn\nmax@x.de,Max\n", [2, 3]],
    ["delimiters at the ends of rows", "email,name,city\nada@x.de,Ada,Bonn,\nmax@x.de,Max,,,\n", [
      2,
      3,
    ]],
    ["empty columns", "email,name,city,,\nada@x.de,Ada,Bonn,,\nmax@x.de,Max,,,\n", [2, 3]],
    ["an unnamed first column", ",email,name,city\n0,ada@x.de,Ada,Bonn\n1,max@x.de,Max,\n", [2, 3]],
    ["blanks before quotes", 'email, "name", city\nada@x.de, "Ada", "Bonn"\nmax@x.de,\t"Max",\n', [
      2,
      3,
    ]],
    ["blanks after quotes", '"email" ,"name" ,city\n"ada@x.de" ,"Ada" ,"Bonn" \nmax@x.de,Max,\n', [
      2,
      3,
    ]],
    [
      "titles before the header",
      "Customers 2026\n\nemail;name;city\nada@x.de;Ada;Bonn\nmax@x.de;Max;\n",
      [4, 5],
    ],
    [
      "blank lines and blanks",
      "\n \n email ,name,city\n ada@x.de ,Ada , Bonn\n\n,,\nmax@x.de,Max,",
      [4, 7],
    ],
    [
      "zero-width and non-breaking blanks",
      "\u200bemail,name\u00a0,\ufeffcity\n\u200bada@x.de\u00a0,Ada\u200b,Bonn\n\u200emax@x.de,Max,\u200b\n",
      [2, 3],
    ],
    ["NUL characters", "email,name,city\nada@x.de,A\0da,Bonn\nmax@x.de,Max,\0\0\n\0\0\0\0", [2, 3]],
    [
      "formula texts",
      '"email",name,city\n="ada@x.de","=""Ada""",Bonn\nmax@x.de,="Max",=""\n'.replace(
        "'=Bonn",
        "Bonn",
      ),
      [2, 3],
    ],
    [
      "addresses as links",
      'email,name,city\nmailto:ada@x.de?subject=x,Ada,Bonn\n"=HYPERLINK(""mailto:max@x.de"",""Max"")",Max,\n',
      [2, 3],
    ],
    ["names beside addresses", 'email,city\n"""Ada"" <ada@x.de>",Bonn\nMax <max@x.de>;,\n', [2, 3]],
    ["quoted addresses", "email,name,city\n'ada@x.de',Ada,Bonn\n<max@x.de>,Max,\n", [2, 3]],
  ] as const
) {
  Deno.test(`CsvReader reads a file with ${kind}`, async () => {
    for (const pieceSize of PIECE_SIZES) {
      const [first, second] = expected;
      assert.deepEqual(await read(file, { pieceSize }), [`${first} ${ADA}`, `${second} ${MAX}`]);
    }
  });
}

Deno.test("CsvReader reads UTF-16, with and without a byte order mark", async () => {
  const text = "email\tname\tcity\r\nada@x.de\tAda\tKöln\r\n";
  for (const mark of ["\ufeff", ""]) {
    const little = Buffer.from(mark + text, "utf16le");
    const big = Buffer.from(little).swap16();
    for (const file of [little, big]) {
      for (const pieceSize of PIECE_SIZES) {
        assert.deepEqual(await read(file, { pieceSize }), ['2 ada@x.de Ada {"city":"Köln"}']);
      }
    }
  }
});

Deno.test("CsvReader reads lines that are not UTF-8 as Windows-1252", async () => {
  const file = Buffer.concat([
    Buffer.from("email;name;größe\n", "latin1"),
    Buffer.from("ada@x.de;Zoë “A”;\n"),
    Buffer.from("max@x.de;J\u00f6rg \u0080;\xdfx\n", "latin1"),
  ]);
  for (const pieceSize of PIECE_SIZES) {
    assert.deepEqual(await read(file, { pieceSize }), [
      '2 ada@x.de Zoë “A” {"größe":""}',
      '3 max@x.de Jörg € {"größe":"ßx"}',
    ]);
  }
});

Deno.test("CsvReader does not guess other code pages", async () => {
  const cyrillic = Buffer.from("email;name\nada@x.de;\xc8\xe2\xe0\xed\n", "latin1");
  assert.deepEqual(await read(cyrillic), ["2 ada@x.de \ufffd\ufffd\ufffd\ufffd {}"]);
});

Deno.test("CsvReader understands the headings of other systems", async () => {
  for (
    const [header, row, expected] of [
      // Mailchimp
      ['"Email Address","First Name","Last Name",MEMBER_RATING', "ada@x.de,Ada,L,4", {
        name: "Ada L",
        variables: { first_name: "Ada", last_name: "L", MEMBER_RATING: "4" },
      }],
      // Brevo
      ["CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;OPT_IN", "7;ada@x.de;Ada;;1", {
        name: "Ada",
        variables: { contact_id: "7", FIRSTNAME: "Ada", LASTNAME: "", OPT_IN: "1" },
      }],
      // listmonk
      ["uuid,email,name,attributes,status", 'u,ada@x.de,Ada,"{""a"": 1}",enabled', {
        name: "Ada",
        variables: { uuid: "u", attributes: '{"a": 1}', status: "enabled" },
      }],
      // Google Contacts
      ["Given Name,E-mail 1 - Type,E-mail 1 - Value", "Ada,Home,ada@x.de", {
        name: "Ada",
        variables: { given_name: "Ada", e_mail_1_type: "Home" },
      }],
      ["E-Mail-Adresse\tPlan Name\t2026 (€)\t%", "ada@x.de\tpro\t5\t6", {
        name: null,
        variables: { plan_name: "pro", _2026: "5", column_4: "6" },
      }],
      ["email,name,address,city", "ada@x.de,Ada,Main Street 5,Bonn", {
        name: "Ada",
        variables: { address: "Main Street 5", city: "Bonn" },
      }],
      ['email,"Plan\nName",Full Name,Name', "ada@x.de,pro,Ada L,Ada", {
        name: "Ada",
        variables: { plan_name: "pro", full_name: "Ada L" },
      }],
    ] as const
  ) {
    const [row0] = await readCsv(`${header}\n${row}\n`);
    assert(row0 && "recipient" in row0, header);
    const { address, ...rest } = row0.recipient;
    assert.deepEqual([address, rest], ["ada@x.de", expected], header);
  }
});

Deno.test("CsvReader keeps quotes inside fields, and apostrophes of names", async () => {
  assert.deepEqual(
    await read(`email,name\nada@x.de,5" disk\nmax@x.de,"Max" M\no'neil@x.de,'t Hooft\n`),
    [
      '2 ada@x.de 5" disk {}',
      '3 max@x.de "Max" M {}',
      "4 o'neil@x.de 't Hooft {}",
    ],
  );
  assert.deepEqual(await read(`email,tel\nada@x.de,'+49 30\nmax@x.de,'0049\n`), [
    '2 ada@x.de - {"tel":"+49 30"}',
    '3 max@x.de - {"tel":"0049"}',
  ]);
});

Deno.test("CsvReader reads lists of addresses without a header", async () => {
  assert.deepEqual(await read("ada@x.de\nmax@x.de\n\nTotal: 2\n"), [
    "1 ada@x.de - {}",
    "2 max@x.de - {}",
    "4 Total: 2 - {}",
  ]);
  assert.deepEqual(await read("Ada;ada@x.de;x\nMax;max@x.de;y", { columns: "address:2,name:1" }), [
    "1 ada@x.de Ada {}",
    "2 max@x.de Max {}",
  ]);
});

Deno.test("CsvReader maps columns by the parameter columns", async () => {
  const file = 'Kunde;"Mail, work";Plan;email\nAda;ada@x.de;pro;old@x.de\n';
  for (
    const columns of [
      "address:Mail, work,name:kunde,plan_name:3",
      "plan_name:plan,name:1,address:2",
    ]
  ) {
    assert.deepEqual(await read(file, { columns }), [
      '2 ada@x.de Ada {"plan_name":"pro","email":"old@x.de"}',
    ]);
  }
});

Deno.test("CsvReader refuses a file with a remedy", async () => {
  for (
    const [file, columns, reason] of [
      [
        "Kunde;Kundenmail\nAda;ada@x.de\n",
        undefined,
        /has no column "address" or "email"; found "Kunde", "Kundenmail". Name the column of addresses: \?columns=address:Kundenmail$/,
      ],
      [
        "Ada,ada@x.de\nMax,max@x.de\n",
        undefined,
        /header: is missing, because the first line is a row; found "Ada", "ada@x.de".* \?columns=address:2$/,
      ],
      [
        "Kunde;Mail\nAda;ada@x.de\n",
        "address:Post,name:Kunde",
        /columns: names "Post", which is no heading; found "Kunde", "Mail"$/,
      ],
      [
        "email;E-Mail\n",
        undefined,
        /several columns of addresses, "email" and "E-Mail"; choose one: \?columns=address:email$/,
      ],
      [
        "email;Plan Name;plan-name?\n",
        undefined,
        /header.plan-name\?: becomes the variable plan_name, as "Plan Name" does; .*\?columns=other_name:3$/,
      ],
      [
        "email;plan;plan\n",
        undefined,
        /header.plan: is the heading of two columns; .*\?columns=other_name:3$/,
      ],
      [
        "email;nil\n",
        undefined,
        /header.nil: has a name that is a reserved word of Liquid; or name it: \?columns=other_name:nil$/,
      ],
      ["email\n", "Mail", /columns: must be like address:Mail,name:Kunde .*not "Mail"$/],
      ["email\n", "name:a,name:b", /columns: names "name" more than once$/],
      ["PK\x03\x04", undefined, /body: is an Excel .*; save it as CSV UTF-8$/],
      ["", undefined, /header: is missing: the file is empty$/],
    ] as const
  ) {
    assert.match(await refusalOf(file, { columns }), reason);
  }
});

Deno.test("CsvReader takes no row for a header or a title", async () => {
  const file = "Kontakt,Kanal\nada@x.de,Email\nmax@x.de,\n";
  assert.match(await refusalOf(file), /found "Kontakt", "Kanal".*\?columns=address:Kontakt$/);
});

Deno.test("CsvReader refuses values without a heading", async () => {
  assert.deepEqual(await read("email,name,\nada@x.de,Lee, Ada\nmax@x.de,Max,\n"), [
    "2: has 3 field(s), but the header has 2",
    "3 max@x.de Max {}",
  ]);
});
