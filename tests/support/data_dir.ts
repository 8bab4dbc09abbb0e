const parent = Deno.makeTempDirSync({ prefix: "waybill-test-data-" });
addEventListener("unload", () => Deno.removeSync(parent, { recursive: true }));

/**
 * Creates a DATA_DIR for one program; it is removed after the tests. The witness in a directory that programs on
 * different databases share would hold one of them, as after a restore.
 */
export function makeDataDir(): string {
  return Deno.makeTempDirSync({ dir: parent });
}
