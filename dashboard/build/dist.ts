const DIST = new URL("../dist/", import.meta.url);
const STATE = new URL("build.json", DIST);
const LOCK = new URL("build.lock", DIST);

/** State of the last build; the server reads it from dist/build.json. */
export interface BuildState {
  readonly state: "BUILDING" | "BUILT" | "FAILED";
  /** Hash of the sources. */
  readonly sources: string;
  readonly startedAt: string;
  /** Reason of a failure. */
  readonly reason?: string;
}

/**
 * Waits until no other process builds. The lock is held until the returned file is closed, or its process
 * ends.
 */
export async function lockDist(): Promise<Disposable> {
  await Deno.mkdir(DIST, { recursive: true });
  const file = await Deno.open(LOCK, { create: true, write: true });
  await file.lock(true);
  return file;
}

/** State of the last build; null if there was none. */
export async function readState(): Promise<BuildState | null> {
  try {
    return JSON.parse(await Deno.readTextFile(STATE));
  } catch {
    return null;
  }
}

/** Records the state of a build. */
export async function writeState(state: BuildState): Promise<void> {
  await replace(STATE, JSON.stringify(state, null, 2));
}

/** Puts a finished build in the place of the present one: the files first, then the page that names them. */
export async function publish(next: URL): Promise<void> {
  const assets = new URL("assets/", DIST);
  await Deno.mkdir(assets, { recursive: true });
  const names = new Set<string>();
  for await (const { name } of Deno.readDir(new URL("assets/", next))) {
    names.add(name);
    await Deno.rename(new URL(`assets/${name}`, next), new URL(name, assets));
  }
  await Deno.rename(new URL("index.html", next), new URL("index.html", DIST));
  await Deno.remove(next, { recursive: true });
  for await (const { name } of Deno.readDir(assets)) {
    if (!names.has(name)) await Deno.remove(new URL(name, assets));
  }
}

// A reader never sees half a file.
async function replace(file: URL, text: string): Promise<void> {
  const draft = new URL(`${file.pathname}.${Deno.pid}`, file);
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, file);
}
