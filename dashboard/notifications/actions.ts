import { useCallback } from "react";
import { useClient } from "urql";
import { MarkNotificationsRead } from "./operations.ts";

/** Marks notifications as read in the background: the feed shows the result, and a failure leaves them unread. */
export function useMarkRead(): (ids: readonly string[]) => void {
  const client = useClient();
  return useCallback((ids) => {
    client.mutation(MarkNotificationsRead, { ids: [...ids] }).toPromise();
  }, [client]);
}
