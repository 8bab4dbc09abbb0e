/** Template variable with the recipient's unsubscribe link, if the message can be unsubscribed from. */
export const UNSUBSCRIBE_URL = "unsubscribe_url";

/** Value of `unsubscribe_url` in previews and test messages, which must not unsubscribe anyone. */
export const SAMPLE_UNSUBSCRIBE_URL = "https://example.com/unsubscribe/sample";
