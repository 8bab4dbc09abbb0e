import { getLogger } from "@logtape/logtape";
import { Repeater } from "@repeaterjs/repeater";
import type { Caller } from "../access/access.ts";
import type { ListChange } from "../live/list_subscriber.ts";
import { watchLists } from "../live/watch_list.ts";
import type { Services } from "../services.ts";
import { unavailableOf } from "../unavailable.ts";
import { listNotifications, type NotificationFilter } from "./list.ts";
import { type Notification, userOf } from "./notification.ts";
import { getSettings, rememberUser, waysOf } from "./settings.ts";
import { type AddressedToast, onToast, type Toast } from "./toast.ts";

/** Changes of a user's notifications, or a toast. */
export interface NotificationChange extends ListChange<Notification> {
  readonly toast: Toast | null;
}

// Maximum number of toasts that wait for a client that reads slowly; further ones are lost.
const MAX_PENDING_TOASTS = 20;
const log = getLogger(["waybill", "events"]);
const NO_CHANGE = { reset: false, changed: [], removedIds: [] };

// The filter names the user, so that only subscribers of one user share a reader.
const watchList = watchLists({
  topic: "notifications",
  idOf: ({ id }: Notification) => id,
  list: (services, caller, filter: NotificationFilter & { readonly userId?: string }, page) =>
    listNotifications(services, caller, filter, page),
});

/**
 * Subscribes to the notifications of the caller's user, as `watchLists`, and to the toasts of the topics that the user
 * has enabled.
 */
export function watchNotifications(
  services: Services,
  caller: Caller,
): AsyncIterable<NotificationChange> {
  const user = userOf(caller);
  return new Repeater<NotificationChange>(async (push, stop) => {
    await remember(services, caller);
    let pending = 0;
    const show = async (toast: AddressedToast) => {
      if (pending >= MAX_PENDING_TOASTS) return;
      pending++;
      try {
        const { settings } = await getSettings(services, caller);
        if (waysOf(settings, toast.topic).inApp) await push({ ...NO_CHANGE, toast });
      } catch (error) {
        log.warn("Cannot show a toast", { error });
      } finally {
        pending--;
      }
    };
    const list = watchList(services, caller, { userId: user.userId })[Symbol.asyncIterator]();
    const unsubscribe = onToast(services, user, show);
    stop.then(() => {
      unsubscribe();
      list.return?.();
    });
    for (let next = await list.next(); !next.done; next = await list.next()) {
      await push({ ...next.value, toast: null });
    }
  });
}

// A database that refuses writes still answers queries; a later subscription stores the user.
async function remember({ db }: Services, caller: Caller): Promise<void> {
  try {
    await rememberUser(db, caller);
  } catch (error) {
    if (!unavailableOf(error)) throw error;
  }
}
