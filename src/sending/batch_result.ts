import type { Obstacle } from "../channels/channel.ts";

/** Result of one run of a batch. All of its attempts are recorded. */
export type BatchResult =
  /** Nothing of the batch is left to send. */
  | { readonly type: "complete" }
  /** The message was cancelled, and the batch ended with it. */
  | { readonly type: "cancelled" }
  /** The signal fired. */
  | { readonly type: "aborted" }
  /** The message was paused. */
  | { readonly type: "paused" }
  /** Nothing more can be sent for now. */
  | { readonly type: "obstructed"; readonly obstacle: Obstacle }
  /** Another run is needed: after this time, in milliseconds. */
  | { readonly type: "waiting"; readonly waitMs: number };
