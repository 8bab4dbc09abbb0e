import assert from "node:assert/strict";
import { listSources, readSource } from "./support/imports.ts";
import { findBannedNames, findFigures, findHiddenSubjects, proseOf } from "./support/language.ts";

const FIRST_CHECKED_MIGRATION = 15;

const sources = await listSources(["schema", "src", "dashboard", "tests", "demo"]);

function assertNone(faults: readonly string[]): void {
  assert.equal(faults.join("\n"), "");
}

function subjectFaults(path: string, texts: readonly string[]): string[] {
  return texts.flatMap(findHiddenSubjects)
    .map((sentence) => `${path}: start with the subject instead of "${sentence}"`);
}

async function listGuides(): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(new URL("../docs/", import.meta.url)));
  const guides = files.map(({ name }) => `docs/${name}`).filter((path) => path.endsWith(".md"));
  return ["README.md", ...guides];
}

Deno.test("comments, docstrings and test names open with their subject", async () => {
  const faults = [];
  for (const path of sources) {
    if (path.startsWith("tests/language_test") || path.endsWith("support/language.ts")) continue;
    faults.push(...subjectFaults(path, proseOf(await readSource(path))));
  }
  assertNone(faults);
});

Deno.test("README, guides and new migrations open their sentences with the subject", async () => {
  const faults: string[] = [];
  for (const path of await listGuides()) {
    const prose = (await readSource(path)).replaceAll(/```.*?```/gs, "");
    faults.push(...subjectFaults(path, prose.split(/\n\n|\|/)));
  }
  for await (const { name } of Deno.readDir(new URL("../migrations/", import.meta.url))) {
    if (parseInt(name) < FIRST_CHECKED_MIGRATION) continue;
    const sql = await readSource(`migrations/${name}`);
    const comments = [...sql.matchAll(/(?:^-- [^\n]*\n)+/gm)].map(([text]) =>
      text.replaceAll(/^-- /gm, "").replaceAll("\n", " ")
    );
    const literals = [...sql.matchAll(/'((?:''|[^'])*)'/g)].map(([, text = ""]) => text);
    faults.push(...subjectFaults(name, [...comments, ...literals]));
  }
  assertNone(faults);
});

Deno.test("comments, test names, guides and descriptions have no figures of speech", async () => {
  const faults = [];
  for (const path of sources) {
    if (path.startsWith("tests/language_test") || path.endsWith("support/language.ts")) continue;
    const figures = proseOf(await readSource(path)).flatMap(findFigures);
    faults.push(...figures.map((fault) => `${path}: ${fault}`));
  }
  for (const path of [...await listGuides(), "schema/schema.graphql"]) {
    const figures = findFigures((await readSource(path)).replaceAll(/```.*?```/gs, ""));
    faults.push(...figures.map((fault) => `${path}: ${fault}`));
  }
  assertNone(faults);
});

Deno.test("names of files and identifiers use standard terms", async () => {
  const faults = [];
  for (const path of sources) {
    if (path.endsWith("support/language.ts")) continue;
    const names = findBannedNames(`${path.replaceAll("/", " ")} ${await readSource(path)}`);
    faults.push(...names.map((fault) => `${path}: ${fault}`));
  }
  assertNone(faults);
});

// The following tests prove that the checks can fail.

Deno.test("findHiddenSubjects() finds the openings of all sentences of a text", () => {
  assert.deepEqual(findHiddenSubjects("A job. What ends here is kept. Those stay."), [
    "What ends here is kept",
    "Those stay",
  ]);
  assert.deepEqual(findHiddenSubjects("Jobs that somebody started."), []);
});

Deno.test("findFigures() finds figures of speech, but no parts of words and addresses", () => {
  assert.deepEqual(findFigures("It goes on for good.").map((fault) => fault.split(":")[0]), [
    "for good",
    "goes on",
  ]);
  assert.deepEqual(findFigures("The mail to nobody@example.com has no answer for goods."), []);
});

Deno.test("proseOf() returns comments and test names, but no other strings", () => {
  const source = `
    /** Who sends. */
    const url = "http://who.example"; // Whoever asks.
    // One sentence
    // in two lines.
    Deno.test("what is left", () => {});`;
  assert.deepEqual(proseOf(source), [
    "Who sends.",
    "Whoever asks. One sentence in two lines.",
    "what is left",
  ]);
});

Deno.test("findBannedNames() finds words of identifiers, but not in strings and comments", () => {
  const source =
    `// flight\nconst inFlight = "flight"; const waysOfFlight = 1; class FlightPlan {}`;
  assert.deepEqual(findBannedNames(source).map((fault) => fault.split(":")[0]), [
    "waysOfFlight",
    "FlightPlan",
  ]);
});
