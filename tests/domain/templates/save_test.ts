import assert from "node:assert/strict";
import { ConflictError, ForbiddenError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import type { Services } from "../../../src/domain/services.ts";
import { archiveTemplate, restoreTemplate } from "../../../src/domain/templates/archive.ts";
import { getTemplate, getVersion, templatesById } from "../../../src/domain/templates/find.ts";
import { listTemplates, listVersions } from "../../../src/domain/templates/list.ts";
import { renameTemplate } from "../../../src/domain/templates/rename.ts";
import { saveTemplate, type SaveTemplateInput } from "../../../src/domain/templates/save.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";

const MJML =
  "<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ name }}</mj-text></mj-column></mj-section></mj-body></mjml>";

interface TestTemplates {
  readonly services: Services;
  readonly organization: TestOrganization;
  save(input: Partial<SaveTemplateInput>): ReturnType<typeof saveTemplate>;
  names(archived?: boolean): Promise<string[]>;
}

function onEveryTemplates(name: string, test: (given: TestTemplates) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    const services = { db, bus: createBus() };
    const organization = await createOrganization(db);
    const { admin } = organization;
    await test({
      services,
      organization,
      save: (input) => saveTemplate(services, admin, { name: "Welcome", ...input }),
      async names(archived = false) {
        const { edges } = await listTemplates(services, admin, { archived }, {});
        return edges.map(({ node }) => node.name);
      },
    });
    await services.bus.close();
  });
}

function conflict(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ConflictError && error.code === code;
}

onEveryTemplates("saveTemplate() adds a version for each change of the content", async (given) => {
  const { services, organization: { admin }, save } = given;
  const first = await save({ content: { subject: "Hello", text: "One" } });
  assert.deepEqual([first.created, first.template.version], [true, 1]);
  const second = await save({ content: { subject: "Hello", text: "Two" } });
  assert.deepEqual([second.created, second.template.version], [false, 2]);
  assert.equal(second.template.id, first.template.id);
  assert.equal(second.template.updatedBy, "ada");
  const { edges } = await listVersions(services, second.template, {});
  assert.deepEqual(edges.map(({ node }) => [node.version, node.text, node.createdBy]), [
    [2, "Two", "ada"],
    [1, "One", "ada"],
  ]);
  const templateId = first.template.id;
  assert.equal((await getVersion(services, admin, { templateId, version: 1 })).text, "One");
  await assert.rejects(getVersion(services, admin, { templateId, version: 3 }), NotFoundError);
});

onEveryTemplates(
  "saveTemplate() writes nothing if the latest version is the same",
  async (given) => {
    const { services, save } = given;
    const content = { subject: "Hello", html: "<p>Hello</p>" };
    const first = await save({ content });
    assert.deepEqual(await save({ content }), { ...first, created: false });
    await save({ content: { ...content, text: "Hello" } });
    // The same text, but from now on it is made from the HTML.
    const { template } = await save({ content });
    assert.equal(template.version, 3);
    const { edges } = await listVersions(services, template, {});
    assert.deepEqual(edges.map(({ node }) => [node.text, node.textMade]), [
      ["Hello", true],
      ["Hello", false],
      ["Hello", true],
    ]);
  },
);

onEveryTemplates("saveTemplate() stores MJML with its HTML and text", async (given) => {
  const { services, organization: { admin }, save } = given;
  const { template: { id, version } } = await save({ subject: "Hello", mjml: MJML });
  const stored = await getVersion(services, admin, { templateId: id, version });
  assert.deepEqual([stored.mjml, stored.text, stored.textMade], [MJML, "Hello {{ name }}", true]);
  assert.match(stored.html ?? "", /<div[^>]*>Hello {{ name }}<\/div>/);
});

onEveryTemplates(
  "saveTemplate() names the field of each fault, and writes nothing",
  async (given) => {
    const { services, organization: { admin }, save, names } = given;
    const fault = async (input: Partial<SaveTemplateInput>) =>
      (await issuesOf(() => save(input)))[0];
    const content = { subject: "Hello", text: "Hello" };
    assert.equal(await fault({ content, name: " " }), "name REQUIRED");
    assert.equal(await fault({}), "content REQUIRED");
    assert.equal(await fault({ content, mjml: MJML }), "mjml EXCLUSIVE");
    assert.equal(await fault({ mjml: MJML }), "subject REQUIRED");
    assert.equal(await fault({ content: { ...content, text: "{{ a" } }), "content.text TEMPLATE");
    assert.equal(await fault({ subject: "{{ a", mjml: MJML }), "subject TEMPLATE");
    assert.equal(await fault({ subject: "a", mjml: "<mjml></mjml>" }), "mjml MJML");
    assert.equal(await fault({ subject: "a", mjml: `${MJML}{% if` }), "mjml TEMPLATE");
    // The text would have the end of a condition only.
    const html = "<!-- {% if a %} --><p>{% endif %}</p>";
    assert.equal(await fault({ content: { subject: "Hello", html } }), "content.text TEMPLATE");
    assert.deepEqual(await names(), []);
    await assert.rejects(
      saveTemplate(services, admin, {
        name: "Welcome",
        subject: "Hello",
        mjml: `\n  {{ a | b }}${MJML}`,
      }),
      /mjml: undefined filter: b, line:2, col:3/,
    );
  },
);

onEveryTemplates(
  "saveTemplate() refuses a version that replaces an outdated one",
  async (given) => {
    const { save } = given;
    const content = (text: string) => ({ content: { subject: "Hello", text } });
    await assert.rejects(save({ ...content("One"), replaces: 1 }), conflict("CHANGED"));
    await save({ ...content("One"), replaces: 0 });
    await assert.rejects(save({ ...content("Two"), replaces: 0 }), conflict("NAME_TAKEN"));
    await save({ ...content("Two"), replaces: 1 });
    await assert.rejects(save({ ...content("Three"), replaces: 1 }), conflict("CHANGED"));
  },
);

onEveryTemplates("saveTemplate() keeps the versions of concurrent calls", async (given) => {
  const { services, save } = given;
  const saved = await Promise.all(
    Array.from({ length: 8 }, (_, n) => save({ content: { subject: "Hello", text: `${n}` } })),
  );
  assert.equal(saved.filter(({ created }) => created).length, 1);
  assert.deepEqual(saved.map(({ template }) => template.version).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  const [{ template } = saved[0]!] = saved;
  const { edges } = await listVersions(services, template, {});
  assert.equal(new Set(edges.map(({ node }) => node.text)).size, 8);
});

onEveryTemplates("an archived template frees its name until it is restored", async (given) => {
  const { services, organization: { admin }, save, names } = given;
  const { template } = await save({ content: { subject: "Hello", text: "Old" } });
  const archived = await archiveTemplate(services, admin, template.id);
  assert.ok(archived.archivedAt);
  assert.deepEqual([await names(), await names(true)], [[], ["Welcome"]]);
  const { template: other, created } = await save({ content: { subject: "Hello", text: "New" } });
  assert.deepEqual([created, other.version], [true, 1]);
  await assert.rejects(restoreTemplate(services, admin, template.id), conflict("NAME_TAKEN"));
  await renameTemplate(services, admin, other.id, "Greeting");
  assert.equal((await restoreTemplate(services, admin, template.id)).archivedAt, null);
  assert.deepEqual(await names(), ["Greeting", "Welcome"]);
  await assert.rejects(
    renameTemplate(services, admin, other.id, "Welcome"),
    conflict("NAME_TAKEN"),
  );
});

onEveryTemplates("templates are changed by an ADMIN of their organization only", async (given) => {
  const { services, organization: { member, admin }, save } = given;
  const { template: { id } } = await save({ content: { subject: "Hello", text: "Hello" } });
  assert.equal((await getTemplate(services, member, id)).name, "Welcome");
  const content = { subject: "Hello", text: "Other" };
  for (
    const change of [
      () => saveTemplate(services, member, { name: "Welcome", content }),
      () => renameTemplate(services, member, id, "Other"),
      () => archiveTemplate(services, member, id),
      () => restoreTemplate(services, member, id),
    ]
  ) {
    await assert.rejects(async () => await change(), ForbiddenError);
  }
  const other = (await createOrganization(services.db)).admin;
  assert.deepEqual(await templatesById(services, other, [id]), []);
  await assert.rejects(renameTemplate(services, other, id, "Other"), NotFoundError);
  await assert.rejects(archiveTemplate(services, other, id), NotFoundError);
  await assert.rejects(archiveTemplate(services, admin, newId()), NotFoundError);
  const [found] = (await listTemplates(services, other, {}, {})).edges;
  assert.equal(found, undefined);
});
