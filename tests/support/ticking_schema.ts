import { Repeater } from "@repeaterjs/repeater";
import type { GraphQLSchema } from "graphql";
import { createSchema } from "graphql-yoga";

/** A schema whose subscription emits events and errors on demand. */
export interface TickingSchema {
  readonly schema: GraphQLSchema;
  /** Emits the next event on each open subscription. */
  tick(): void;
  /** Number of open subscriptions. */
  open(): number;
  /** Ends each open subscription with this error. */
  fail(error: Error): void;
}

/** Creates the schema; `ticks` starts with 1. */
export function tickingSchema(): TickingSchema {
  const streams = new Set<{ push(value: number): void; stop(error: Error): void }>();
  let ticks = 1;
  const schema = createSchema({
    typeDefs: `
      type Query { word: String! broken: String }
      type Subscription { ticks: Int! refused: Int! }
    `,
    resolvers: {
      Query: {
        word: () => "hello",
        broken: () => {
          throw new Error("the password is hunter2");
        },
      },
      Subscription: {
        ticks: {
          subscribe: () =>
            new Repeater<number>(async (push, stop) => {
              const stream = { push: (value: number) => void push(value), stop };
              streams.add(stream);
              push(ticks);
              await stop;
              streams.delete(stream);
            }),
          resolve: (tick: number) => tick,
        },
        refused: {
          subscribe: () => {
            throw new Error("the password is hunter2");
          },
        },
      },
    },
  });
  return {
    schema,
    tick() {
      ticks++;
      for (const { push } of streams) push(ticks);
    },
    open: () => streams.size,
    fail(error) {
      for (const { stop } of streams) stop(error);
    },
  };
}
