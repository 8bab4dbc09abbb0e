import type { Services } from "../services.ts";
import type { NotificationTopic } from "./events.ts";
import { type NotificationLevel, type NotifiedUser, userOf } from "./notification.ts";

/** Toast: a text that is shown at once and not stored. */
export interface Toast {
  readonly level: NotificationLevel;
  readonly title: string;
  /** TypeID of the object. */
  readonly subject: string;
}

/** A toast for one user. */
export interface AddressedToast extends Toast {
  /** Setting of the user that decides whether it is shown. */
  readonly topic: NotificationTopic;
  /** Null: all callers without a user. */
  readonly userId: string | null;
}

/**
 * Shows a toast in the open pages of a user. Call it after the commit; it never throws and never waits. A toast may
 * be lost, for example among many within a second.
 */
export function publishToast(
  { bus }: Pick<Services, "bus">,
  organizationId: string,
  toast: AddressedToast,
): void {
  bus.publish("toasts", organizationId, [JSON.stringify(toast)]);
}

/**
 * Calls a listener with each toast of a user.
 *
 * @returns the function that unsubscribes
 */
export function onToast(
  { bus }: Pick<Services, "bus">,
  user: NotifiedUser,
  listener: (toast: AddressedToast) => void,
): () => void {
  return bus.subscribe("toasts", ({ organizationId, ids }) => {
    if (organizationId !== user.organizationId) return;
    for (const text of ids ?? []) {
      const toast: AddressedToast = JSON.parse(text);
      if (userOf({ organizationId, userId: toast.userId }).userId === user.userId) listener(toast);
    }
  });
}
