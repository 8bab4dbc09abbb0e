import { useQuery, useSubscription } from "urql";
import { type Installation, InstallationQuery, InstallationUpdated } from "./operations.ts";
import type { CombinedError } from "urql";

/** Reads the installation, live. Only the OPERATOR may. */
export function useInstallation(): {
  readonly installation: Installation | undefined;
  readonly error: CombinedError | undefined;
  readonly read: () => void;
} {
  const [{ data, error }, read] = useQuery({ query: InstallationQuery });
  useSubscription({ query: InstallationUpdated });
  return { installation: data?.installation ?? undefined, error, read };
}
