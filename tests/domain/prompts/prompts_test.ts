import assert from "node:assert/strict";
import type { Database } from "../../../src/db/database.ts";
import { statement } from "../../../src/db/database.ts";
import { ForbiddenError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { activePrompt, activePrompts } from "../../../src/domain/prompts/active.ts";
import { CODE_PROMPTS } from "../../../src/domain/prompts/code_prompts.ts";
import { getPrompt, listVersions } from "../../../src/domain/prompts/find.ts";
import { promotePrompt } from "../../../src/domain/prompts/promote.ts";
import { savePrompt } from "../../../src/domain/prompts/save.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";

interface TestPrompts {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
  save(text: string): ReturnType<typeof savePrompt>;
  promote(id: string): ReturnType<typeof promotePrompt>;
  active(): ReturnType<typeof activePrompt<"quote">>;
  /** Versions, latest first: "2 OVERRIDE active". */
  versions(): Promise<string[]>;
}

function onEveryPrompts(name: string, test: (given: TestPrompts) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    const services = { db, bus: createBus() };
    const organization = await createOrganization(db);
    const { admin, id: organizationId } = organization;
    await test({
      db,
      services,
      organization,
      save: (text) => savePrompt(services, admin, { name: "quote", text }),
      promote: (id) => promotePrompt(services, admin, id),
      active: () => activePrompt(services, organizationId, "quote"),
      async versions() {
        const { edges } = await listVersions(services, { organizationId, name: "quote" }, {});
        return edges.map(({ node: { version, source, active } }) =>
          `${version} ${source}${active ? " active" : ""}`
        );
      },
    });
    await services.bus.close();
  });
}

/** Makes the stored text of the program one of an earlier version of it. */
const REPLACE_CODE = statement<[organizationId: string]>(
  "test.replaceCode",
  `update prompt_versions set text = 'Earlier {{ data_notice }}', code_digest = 'earlier'
   where organization_id = $1 and code_digest is not null`,
);

onEveryPrompts("activePrompt() stores the text of the program once", async (given) => {
  const { services, organization, active, versions } = given;
  const [first, second] = await Promise.all([active(), active()]);
  assert.deepEqual(second, first);
  assert.equal(first.text, CODE_PROMPTS.quote.text);
  assert.deepEqual([first.version, first.source, first.createdBy], [1, "CODE", null]);
  assert.deepEqual(await getPrompt(services, organization.admin, first.id), first);
  assert.equal((await versions()).length, 1);
  const { id } = await createOrganization(services.db, "Other");
  assert.notEqual((await activePrompt(services, id, "quote")).id, first.id);
});

onEveryPrompts("savePrompt() adds a version that is used after promotePrompt()", async (given) => {
  const { save, promote, active, versions } = given;
  const saved = await save("{{ data_notice }} Be brief.");
  assert.deepEqual([saved.version, saved.source, saved.active], [2, "OVERRIDE", false]);
  assert.equal(saved.createdBy, "ada");
  const code = await active();
  assert.equal(code.version, 1);
  const { prompt, replaced } = await promote(saved.id);
  assert.deepEqual([prompt.active, replaced?.id, replaced?.active], [true, code.id, false]);
  assert.equal((await active()).id, saved.id);
  assert.equal((await promote(saved.id)).replaced, null);
  assert.deepEqual(await versions(), ["2 OVERRIDE active", "1 CODE"]);
  await promote(code.id);
  assert.deepEqual(await versions(), ["2 OVERRIDE", "1 CODE active"]);
});

onEveryPrompts("savePrompt() does not save the latest text again", async ({ save, versions }) => {
  const first = await save("{{ data_notice }} One");
  assert.equal((await save("{{ data_notice }} One")).id, first.id);
  await save("{{ data_notice }} Two");
  assert.equal((await save("{{ data_notice }} One")).version, 4);
  assert.equal((await versions()).length, 4);
});

onEveryPrompts("savePrompt() at the same time gives each text its own number", async (given) => {
  const { save, versions } = given;
  const saved = await Promise.all(
    ["A", "B", "C", "D"].map((text) => save(`{{ data_notice }} ${text}`)),
  );
  assert.equal(new Set(saved.map(({ version }) => version)).size, 4);
  assert.equal((await versions()).length, 5);
});

onEveryPrompts(
  "a new text of the program is active unless a version was promoted",
  async (given) => {
    const { services, organization: { id }, save, promote, active, versions } = given;
    const earlier = await active();
    await services.db.run(REPLACE_CODE, id);
    const current = await active();
    assert.deepEqual([current.version, current.text], [2, CODE_PROMPTS.quote.text]);
    // An earlier text of the program stays active once it was promoted.
    await promote(earlier.id);
    assert.deepEqual(await versions(), ["2 CODE", "1 CODE active"]);
    const saved = await save("{{ data_notice }} Mine");
    await promote(saved.id);
    assert.equal((await active()).id, saved.id);
    // After the current text was promoted, the prompt follows the program again.
    await promote(current.id);
    assert.equal((await active()).id, current.id);
  },
);

onEveryPrompts(
  "activePrompts() lists the text of the program beside the active one",
  async (given) => {
    const { services, organization, save, promote, versions } = given;
    const saved = await save("{{ data_notice }} Mine");
    await promote(saved.id);
    await services.db.run(REPLACE_CODE, organization.id);
    const prompts = await activePrompts(services, organization.id);
    assert.equal(prompts.find(({ name }) => name === "quote")?.version, 2);
    assert.deepEqual(await versions(), ["3 CODE", "2 OVERRIDE active", "1 CODE"]);
  },
);

for (
  const [text, issue] of [
    [" \n", "text REQUIRED"],
    [`{{ data_notice }}${"x".repeat(50_000)}`, "text TOO_LONG"],
    ["{{ data_notice }}\0", "text MALFORMED"],
    ["{{ data_notice }} {% if %}", "text TEMPLATE"],
    ["{{ data_notice }} {{ customer }}", "text UNKNOWN_VARIABLE"],
    ["{{ data_notice }} {{ name }}", "text UNKNOWN_VARIABLE"],
    ["{{ data_notice }} {% if vip %}Hello{% endif %}", "text UNKNOWN_VARIABLE"],
    ["Estimate for {{ organization }}.", "text MISSING_VARIABLE"],
    ["{% if data_notice %}{{ data_notice }}{% endif %}", "text MISSING_VARIABLE"],
  ] as const
) {
  onEveryPrompts(`savePrompt() refuses ${text.slice(0, 50)} with ${issue}`, async (given) => {
    const { save, versions } = given;
    assert.deepEqual(await issuesOf(() => save(text)), [issue]);
    assert.deepEqual(await versions(), []);
  });
}

onEveryPrompts("savePrompt() and promotePrompt() refuse callers and names", async (given) => {
  const { services, organization: { admin, member }, active } = given;
  const input = { name: "quote", text: "{{ data_notice }}" };
  await assert.rejects(savePrompt(services, member, input), ForbiddenError);
  assert.deepEqual(
    await issuesOf(() => savePrompt(services, admin, { ...input, name: "poem" })),
    ["name UNKNOWN"],
  );
  const { id } = await active();
  await assert.rejects(promotePrompt(services, member, id), ForbiddenError);
  await assert.rejects(promotePrompt(services, admin, newId()), NotFoundError);
  const other = await createOrganization(services.db, "Other");
  await assert.rejects(promotePrompt(services, other.admin, id), NotFoundError);
});

onEveryPrompts("promotePrompt() refuses a text that names a variable of before", async (given) => {
  const { services, organization: { id }, active, promote } = given;
  const earlier = await active();
  await services.db.run(REPLACE_CODE, id);
  await services.db.run(
    statement<[id: string]>(
      "test.nameVariable",
      "update prompt_versions set text = '{{ data_notice }} {{ region }}' where id = $1",
    ),
    earlier.id,
  );
  assert.deepEqual(await issuesOf(() => promote(earlier.id)), ["id UNKNOWN_VARIABLE"]);
  assert.equal((await active()).version, 2);
});
