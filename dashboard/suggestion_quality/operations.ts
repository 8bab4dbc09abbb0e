import { graphql, type ResultOf } from "../api/graphql.ts";

/** Reads the quality of suggested replies in a period, with their ratings. */
export const SuggestionQualityQuery = graphql(`
  query SuggestionQuality(
    $from: DateTime!, $to: DateTime!, $bucket: TimeBucket!, $timezone: String
  ) {
    suggestionAnalytics(from: $from, to: $to) {
      count sentAsItWasFraction meanSimilarity cost { amount currency }
      outcomes { outcome count }
      shortcomings { shortcoming count }
      series(bucket: $bucket, timezone: $timezone) {
        at sentAsItWas edited answeredWithout meanSimilarity
      }
      byPrompt {
        promptVersion model count sentAsItWasFraction meanSimilarity cost { amount currency }
        prompt { id }
      }
      byTopic { topic count sentAsItWasFraction meanSimilarity cost { amount currency } }
      ratings {
        totals { good bad }
        newest {
          id model promptVersion
          rating { good comment at }
          outcome { kind }
          thread { id subject contactEmail }
        }
      }
    }
  }
`);

/** Quality of suggested replies in a period. */
export type SuggestionQuality = ResultOf<typeof SuggestionQualityQuery>["suggestionAnalytics"];

/** A rated suggestion. */
export type RatedSuggestion = SuggestionQuality["ratings"]["newest"][number];

/** Reports that a suggested reply was written, rated or answered. */
export const QualityChanged = graphql(`
  subscription QualityChanged {
    threadsUpdated { changed { id } }
  }
`);
