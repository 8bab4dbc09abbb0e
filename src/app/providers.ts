import { MESSENGER, openMessengerChannel } from "../channels/messenger/messenger.ts";
import { openSmtpChannel } from "../channels/email/smtp.ts";
import type { Config } from "../config/config.ts";
import type { MessageChannel } from "../domain/channel.ts";
import type { ConfiguredProvider } from "../sending/live_provider.ts";

/** Providers that the settings name, in order of preference. */
export function configuredProviders(
  { mail: { providers, from }, messenger }: Config,
): ConfiguredProvider[] {
  const email = providers.map((provider): ConfiguredProvider => ({
    channel: "EMAIL",
    name: provider.name,
    perSecond: provider.perSecond,
    open(replaced) {
      const credentials = replaced && "user" in replaced ? replaced : provider.credentials;
      return openSmtpChannel({ ...provider, credentials }, { from });
    },
  }));
  if (!messenger) return email;
  return [...email, {
    channel: "MESSENGER",
    name: MESSENGER,
    perSecond: messenger.perSecond,
    open(replaced) {
      const { accessToken } = replaced && "accessToken" in replaced ? replaced : messenger;
      return openMessengerChannel({ ...messenger, accessToken });
    },
  }];
}

/** Channels that this process accepts messages for. EMAIL is always among them. */
export function configuredChannels({ messenger }: Config): ReadonlySet<MessageChannel> {
  return new Set(messenger ? ["EMAIL", "MESSENGER"] : ["EMAIL"]);
}
