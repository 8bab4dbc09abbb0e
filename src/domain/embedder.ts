/** Requests embeddings of the language model: vectors of texts, near each other if the texts mean the same. */
export interface Embedder {
  /** Name of the embedding model; vectors of different models cannot be compared. */
  readonly model: string;
  /**
   * Requests the embeddings of texts, and records the call with its cost.
   *
   * @returns one vector for each text, in the same order
   * @throws {ModelUnavailable} @throws {JobFailure} @throws the reason of the signal
   */
  embed(request: EmbedRequest, signal: AbortSignal): Promise<readonly (readonly number[])[]>;
}

/** Texts whose embeddings are requested. */
export interface EmbedRequest {
  readonly organizationId: string;
  /** Null: no job makes the call. */
  readonly jobId: string | null;
  /** At most 100. */
  readonly texts: readonly string[];
}
