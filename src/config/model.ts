import { z } from "zod";
import { url, visibleAscii } from "./fields.ts";

/** Access to the language model: OpenAI, or any server of its API. */
export const model = z.object({
  OPENAI_API_KEY: visibleAscii().nullable().default(null),
  OPENAI_BASE_URL: url(["https:", "http:"]).nullable().default(null),
  OPENAI_MODEL: z.string().max(200).regex(/^\S+$/, "expected the name of a model, without spaces")
    .default("gpt-6-luna"),
  OPENAI_EMBEDDING_MODEL: z.string().max(200)
    .regex(/^\S+$/, "expected the name of a model, without spaces").nullable().default(null),
}).transform(({ OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_EMBEDDING_MODEL }) => ({
  /** Null: no model is configured, and jobs that need one fail. */
  model: OPENAI_API_KEY === null && OPENAI_BASE_URL === null ? null : {
    /** Null: the server requires none, as Ollama. */
    apiKey: OPENAI_API_KEY,
    /** Includes the version of the API. */
    baseUrl: OPENAI_BASE_URL ?? "https://api.openai.com/v1",
    name: OPENAI_MODEL,
    /** Null: facts are found by words only. */
    embeddingModel: OPENAI_EMBEDDING_MODEL,
  },
}));
