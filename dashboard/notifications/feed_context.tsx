import { createContext, type ReactNode, useContext } from "react";
import { useSubscription } from "urql";
import { EMPTY_FEED, type Feed, reduceFeed } from "./feed.ts";
import { NotificationsUpdated } from "./operations.ts";

const FeedContext = createContext<Feed>(EMPTY_FEED);

/** Follows the notifications of the user for all parts of the page by one subscription. */
export function NotificationFeed({ children }: { readonly children: ReactNode }) {
  const [{ data }] = useSubscription(
    { query: NotificationsUpdated },
    (feed: Feed = EMPTY_FEED, { notificationsUpdated }) => reduceFeed(feed, notificationsUpdated),
  );
  return <FeedContext value={data ?? EMPTY_FEED}>{children}</FeedContext>;
}

/** The notifications of the user. */
export function useFeed(): Feed {
  return useContext(FeedContext);
}
