import { openSmtpChannel } from "../channels/email/smtp.ts";
import { MESSENGER, openMessengerChannel } from "../channels/messenger/messenger.ts";
import type { Config } from "../config/config.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../domain/channel.ts";
import type { ConfiguredProvider } from "../sending/configured_provider.ts";
import type { ConfiguredModel } from "../sending/live_model.ts";

const PROVIDERS: Readonly<Record<MessageChannel, (config: Config) => ConfiguredProvider[]>> = {
  EMAIL: emailProviders,
  MESSENGER: messengerProviders,
};

/** Lists the providers that the settings configure, in order of preference within each channel. */
export function configuredProviders(config: Config): ConfiguredProvider[] {
  return MESSAGE_CHANNELS.flatMap((channel) => PROVIDERS[channel](config));
}

function emailProviders({ mail: { providers, from } }: Config): ConfiguredProvider[] {
  return providers.map((provider) => ({
    channel: "EMAIL",
    name: provider.name,
    perSecond: provider.perSecond,
    settings: JSON.stringify({ ...provider, from }),
    open(replaced) {
      const credentials = replaced && "user" in replaced ? replaced : provider.credentials;
      return openSmtpChannel({ ...provider, credentials }, { from });
    },
  }));
}

function messengerProviders({ messenger }: Config): ConfiguredProvider[] {
  if (!messenger) return [];
  return [{
    channel: "MESSENGER",
    name: MESSENGER,
    perSecond: messenger.perSecond,
    settings: JSON.stringify(messenger),
    open(replaced) {
      const { accessToken } = replaced && "accessToken" in replaced ? replaced : messenger;
      return openMessengerChannel({ ...messenger, accessToken });
    },
  }];
}

/** Returns the language model that the settings configure; null: none. */
export async function configuredModel({ model }: Config): Promise<ConfiguredModel | null> {
  if (!model) return null;
  // Imported here, because the package takes 50 ms of the start.
  const { openOpenAiModel } = await import("../ai/openai_client.ts");
  return {
    channel: null,
    name: new URL(model.baseUrl).host,
    model: model.name,
    perSecond: null,
    settings: JSON.stringify(model),
    open(replaced) {
      const apiKey = replaced && "accessToken" in replaced ? replaced.accessToken : model.apiKey;
      return openOpenAiModel({ baseUrl: model.baseUrl, apiKey });
    },
  };
}
