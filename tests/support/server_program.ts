// Ports below those that systems assign, so that no other program gets one while its server is stopped.
const PORTS = { first: 20_000, count: 10_000 };

/** Finds a free port of 127.0.0.1. */
export function freePort(): number {
  while (true) {
    const port = PORTS.first + Math.floor(PORTS.count * Math.random());
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** User of servers that refuse to run as root; this user if it is not root. */
export async function serverUser(): Promise<{ uid?: number; gid?: number }> {
  if (Deno.uid() !== 0) return {};
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number(await outputOf("id", [flag, "postgres"]))),
  );
  return { uid, gid };
}

/** Makes the user of servers the owner of a directory. */
export async function giveToServers(directory: string): Promise<void> {
  const { uid = null, gid = null } = await serverUser();
  if (uid !== null) await Deno.chown(directory, uid, gid);
}

/** Starts a server as the user of servers. */
export async function startServer(
  program: string,
  args: readonly string[],
): Promise<Deno.ChildProcess> {
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return new Deno.Command(program, { args: [...args], ...quiet, ...await serverUser() }).spawn();
}

/** Runs a program in a directory that every user may enter; throws with its errors if it fails. */
export async function outputOf(
  program: string,
  args: readonly string[],
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], ...user, cwd: "/" });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${program} failed: ${text.decode(stderr)}`);
  return text.decode(stdout).trim();
}
