import { getLogger } from "@logtape/logtape";
import type { GraphQLError } from "graphql";
import type { Session } from "../../domain/access/access.ts";
import { findUsableKeys } from "../../domain/access/authenticate.ts";
import { findExisting } from "../../domain/access/organizations.ts";
import type { Services } from "../../domain/services.ts";
import { unauthenticated } from "../errors.ts";

/** The session of an open WebSocket or event stream. */
export interface OpenSession {
  /** Aborts when the session ends; the reason is a GraphQLError for the client. */
  readonly signal: AbortSignal;
  close(): void;
}

/** The open sessions of this server. */
export interface Sessions {
  open(session: Session): OpenSession;
  /** Number of open sessions. */
  count(): number;
  /** Ends all open sessions, and every session that is opened later. */
  end(reason: GraphQLError): void;
}

interface Entry {
  readonly session: Session;
  readonly controller: AbortController;
}

const RECHECK_INTERVAL_MS = 10_000;
// setTimeout fires at once if its delay is longer.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const log = getLogger(["waybill", "server"]);

/**
 * Ends open sessions as soon as their key is revoked, their key or token expires, or their organization is
 * deleted. All keys are also read every 10 s, because a process can die after its commit and before it publishes.
 */
export function watchSessions(services: Services): Sessions {
  const entries = new Set<Entry>();
  let endReason: GraphQLError | null = null;

  const recheck = async (keyIds: readonly string[] | null) => {
    const affected = [...entries].filter(({ session: { caller } }) =>
      keyIds === null || caller.keyId !== null && keyIds.includes(caller.keyId)
    );
    if (affected.length === 0) return;
    const callers = affected.map(({ session }) => session.caller);
    const usable = await findUsableKeys(
      services,
      [...new Set(callers.flatMap(({ keyId }) => keyId ?? []))],
    );
    const organizations = await findExisting(
      services,
      [...new Set(callers.map(({ organizationId }) => organizationId))],
    );
    for (const { session: { caller: { keyId, organizationId } }, controller } of affected) {
      if (!organizations.has(organizationId)) {
        controller.abort(unauthenticated("The organization of this key or token was deleted"));
      } else if (keyId !== null && !usable.has(keyId)) {
        controller.abort(unauthenticated("This API key was revoked or has expired"));
      }
    }
  };
  const recheckOrLog = (keyIds: readonly string[] | null) =>
    void recheck(keyIds).catch((error) =>
      log.error("Cannot check the keys of open sessions; retrying within 10 s", { error })
    );
  const unsubscribe = services.bus.subscribe("access", ({ ids }) => recheckOrLog(ids));
  const timer = setInterval(() => recheckOrLog(null), RECHECK_INTERVAL_MS);

  return {
    open(session) {
      const controller = new AbortController();
      if (endReason) controller.abort(endReason);
      const entry = { session, controller };
      entries.add(entry);
      const cancelExpiry = expire(session, controller);
      return {
        signal: controller.signal,
        close() {
          cancelExpiry();
          entries.delete(entry);
        },
      };
    },
    count: () => entries.size,
    end(reason) {
      endReason = reason;
      unsubscribe();
      clearInterval(timer);
      for (const { controller } of entries) controller.abort(reason);
    },
  };
}

function expire({ expiresAt }: Session, controller: AbortController): () => void {
  if (expiresAt === null) return () => {};
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const remainingMs = expiresAt.getTime() - Date.now();
    if (remainingMs <= 0) return controller.abort(unauthenticated("This key or token has expired"));
    timer = setTimeout(wait, Math.min(remainingMs, MAX_TIMEOUT_MS));
  };
  wait();
  return () => clearTimeout(timer);
}
