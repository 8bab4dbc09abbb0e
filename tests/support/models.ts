import type { TimeLimits } from "../../src/ai/time_limit.ts";
import { openOpenAiModel } from "../../src/ai/openai_client.ts";
import { readStates } from "../../src/domain/providers/find.ts";
import type { ProviderState } from "../../src/domain/providers/provider.ts";
import type { Services } from "../../src/domain/services.ts";
import { LiveModelCaller } from "../../src/sending/ask_model.ts";
import { registerConfigured } from "../../src/sending/configured_provider.ts";
import { type ConfiguredModel, LiveModel } from "../../src/sending/live_model.ts";
import type { ModelCaller } from "../../src/sending/model_caller.ts";
import type { ModelServer } from "./model_server.ts";

/** Model of one process, behind its circuit. */
export interface TestModel extends AsyncDisposable {
  readonly caller: ModelCaller;
  /** Id of its provider. */
  readonly providerId: string;
  readonly live: LiveModel;
  /** State of its provider in the database. */
  state(): Promise<ProviderState>;
}

/** Settings of a test's model. */
export interface TestModelOptions {
  readonly limits?: Partial<TimeLimits>;
  /** "gpt-6-luna" unless set. */
  readonly model?: string;
}

/** Settings of the model of a server, with the key "sk-good". */
export function modelOf(
  { baseUrl }: Pick<ModelServer, "baseUrl">,
  { limits, model = "gpt-6-luna" }: TestModelOptions = {},
): ConfiguredModel {
  return {
    channel: null,
    name: new URL(baseUrl).host,
    model,
    perSecond: null,
    open(replaced) {
      const apiKey = replaced && "accessToken" in replaced ? replaced.accessToken : "sk-good";
      return openOpenAiModel({ baseUrl, apiKey, limits });
    },
  };
}

/** Registers and opens the model of a server, as a process does at its start. */
export async function openTestModel(
  services: Services,
  server: Pick<ModelServer, "baseUrl">,
  options: TestModelOptions = {},
): Promise<TestModel> {
  const [registered] = await registerConfigured(services, [modelOf(server, options)]);
  if (!registered) throw new Error("The model was not registered");
  const live = await LiveModel.open(services, registered);
  const { id: providerId } = registered.state;
  return {
    caller: new LiveModelCaller(services, live),
    providerId,
    live,
    async state() {
      const [state] = await readStates(services.db, [providerId]);
      if (!state) throw new Error("The provider is gone");
      return state;
    },
    [Symbol.asyncDispose]: () => live.close(),
  };
}
