import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

const AiToday = graphql(`
  fragment AiToday on Overview {
    id
    ai {
      callCount running inputTokens outputTokens failed unknownCostCount
      cost { amount currency }
      budget { amount currency }
      spent { amount currency }
      reserved { amount currency }
      pausedUntil warnAtFraction timezone timezoneSet dayEnd
    }
  }
`);

/** Follows the calls of today and the budget. The cache takes the changes. */
export const AiTodayUpdated = graphql(
  `
  subscription AiTodayUpdated {
    overviewUpdated { ...AiToday }
  }
`,
  [AiToday],
);

/** Calls of today and the budget. */
export type AiToday = ResultOf<typeof AiToday>["ai"];

/** Changes the budget. */
export const UpdateBudget = graphql(
  `
  mutation UpdateBudget($input: UpdateBudgetInput!) {
    updateBudget(input: $input) {
      __typename
      ... on UpdateBudgetPayload { overview { ...AiToday } }
      ...Failure
    }
  }
`,
  [AiToday, Failure],
);

/** Reads the usage of a period, and the newest failed calls. */
export const AiUsageQuery = graphql(`
  query AiUsage($from: DateTime!, $to: DateTime!, $bucket: TimeBucket!, $timezone: String) {
    aiUsage(from: $from, to: $to) {
      callCount inputTokens cachedInputTokens outputTokens reasoningTokens
      cost { amount currency } unknownCostCount failed timedOut
      byKind {
        kind callCount inputTokens outputTokens cost { amount currency } failed timedOut
      }
      byModel {
        model callCount inputTokens outputTokens cost { amount currency } unknownCostCount failed
        price { source input { amount currency } cachedInput { amount currency } output { amount currency } }
      }
      series(bucket: $bucket, timezone: $timezone) { at callCount cost { amount currency } }
    }
    aiCalls(filter: { failed: true }, first: 10) {
      nodes { id kind model startedAt outcome error { type code message } job { id } }
    }
  }
`);

/** Usage of a period. */
export type AiUsage = ResultOf<typeof AiUsageQuery>["aiUsage"];

/** Usage of one model in a period. */
export type ModelUsage = AiUsage["byModel"][number];

/** A call that failed. */
export type FailedCall = ResultOf<typeof AiUsageQuery>["aiCalls"]["nodes"][number];

/** Sets the price of a model. */
export const SetAiPrice = graphql(
  `
  mutation SetAiPrice($input: SetAiPriceInput!) {
    setAiPrice(input: $input) {
      __typename
      ... on SetAiPricePayload { price { model } }
      ...Failure
    }
  }
`,
  [Failure],
);
