import assert from "node:assert/strict";
import { join } from "node:path";
import { readKeyFile } from "../../src/domain/key_file.ts";
import { createVault, VaultError } from "../../src/domain/vault.ts";

const CREDENTIALS = { user: "ada", password: "hunter2" };
const vault = (secret: string) => createVault(() => Promise.resolve(secret));

Deno.test("open() returns the credentials that seal() has encrypted", async () => {
  const sealed = await vault("one").seal("a", CREDENTIALS);
  assert.doesNotMatch(sealed, /ada|hunter2/);
  assert.notEqual(await vault("one").seal("a", CREDENTIALS), sealed);
  assert.deepEqual(await vault("one").open("a", sealed), CREDENTIALS);
});

Deno.test("open() refuses another key, another provider and tampered content", async () => {
  const sealed = await vault("one").seal("a", CREDENTIALS);
  await assert.rejects(vault("two").open("a", sealed), /another SECRET_KEY/);
  await assert.rejects(vault("one").open("b", sealed), VaultError);
  const parts = sealed.split(".");
  const tampered = [...parts.slice(0, 3), `${parts[3]}AA`, ...parts.slice(4)].join(".");
  await assert.rejects(vault("one").open("a", tampered), VaultError);
});

Deno.test("seal() reads the key again after a failure", async () => {
  let reads = 0;
  const flaky = createVault(() =>
    ++reads === 1 ? Promise.reject(new Error("unreadable")) : Promise.resolve("k")
  );
  await assert.rejects(flaky.seal("a", CREDENTIALS), /unreadable/);
  assert.deepEqual(await flaky.open("a", await flaky.seal("a", CREDENTIALS)), CREDENTIALS);
});

Deno.test("readKeyFile() creates one key for concurrent calls, readable by its owner only", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "data", "secret.key");
  try {
    const keys = await Promise.all(Array.from({ length: 10 }, () => readKeyFile(path)));
    assert.equal(new Set(keys).size, 1);
    assert.match(keys[0] ?? "", /^[0-9a-f]{64}$/);
    assert.equal(await readKeyFile(path), keys[0]);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(join(directory, "data")))).map(({ name }) => name),
      [
        "secret.key",
      ],
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("readKeyFile() names the remedy when the file cannot be created", async () => {
  await assert.rejects(readKeyFile("/dev/null/secret.key"), /set SECRET_KEY/);
});
