import { Button } from "@mantine/core";
import { IconSettings } from "@tabler/icons-react";
import { useState } from "react";
import { formatError } from "../deliveries/error_text.tsx";
import { ERROR_TYPES } from "../deliveries/error_types.ts";
import { Copy } from "../kit/copy.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatEnum, formatRate } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { Installation, ProviderState } from "./operations.ts";
import { MODEL_ERROR_MEANINGS } from "./model_error_meanings.ts";
import { ProviderHealth } from "./provider_health.tsx";
import { ProviderSettings } from "./provider_settings.tsx";
import { ProviderSwitch } from "./provider_switch.tsx";

/** Providers in the order of preference, with health, rate and settings. */
export function ProvidersTab({ installation: { providers } }: {
  readonly installation: Installation;
}) {
  const [openId, setOpenId] = useState<string | null>(null);
  if (providers.length === 0) {
    return (
      <Empty title="No provider is configured">
        Set <code>SMTP_URLS</code> to send emails, <code>MESSENGER_ACCESS_TOKEN</code>{" "}
        to send to Messenger, or <code>OPENAI_API_KEY</code> for the language model, and restart.
      </Empty>
    );
  }
  return (
    <>
      <p className="dimmed">
        The first healthy provider of a channel is used. The list and its order are set by{" "}
        <code>SMTP_URLS</code>, <code>MESSENGER_ACCESS_TOKEN</code> and <code>OPENAI_API_KEY</code>.
      </p>
      {providers.map((provider) => (
        <ProviderCard
          key={provider.id}
          provider={provider}
          onSettings={() => setOpenId(provider.id)}
        />
      ))}
      <ProviderSettings
        provider={providers.find(({ id }) => id === openId) ?? null}
        onClose={() => setOpenId(null)}
      />
    </>
  );
}

function ProviderCard({ provider, onSettings }: {
  readonly provider: ProviderState;
  readonly onSettings: () => void;
}) {
  const { name, channel, since, lastError, perSecondLimit, sentPerSecond } = provider;
  return (
    <section className="panel provider" aria-label={name}>
      <header>
        <h2>{name}</h2>
        <ProviderHealth provider={provider} />
        <div className="provider-actions">
          <ProviderSwitch provider={provider} />
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconSettings size={14} />}
            onClick={onSettings}
          >
            {channel === null ? "API key" : "Credentials and limit"}
          </Button>
        </div>
      </header>
      <dl className="facts">
        <div>
          <dt>{channel === null ? "Kind" : "Channel"}</dt>
          <dd>{channel === null ? "Language model" : formatEnum(channel)}</dd>
        </div>
        <div>
          <dt>State since</dt>
          <dd>
            <RelativeTime at={since} />
          </dd>
        </div>
        {channel !== null && (
          <>
            <div>
              <dt>Rate now</dt>
              <dd className="numbers">{formatRate(sentPerSecond)}</dd>
            </div>
            <div>
              <dt>Limit</dt>
              <dd className="numbers">
                {perSecondLimit === null ? "none" : formatRate(perSecondLimit)}
              </dd>
            </div>
          </>
        )}
      </dl>
      {lastError && (
        <div className="delivery-error">
          <code>{formatError(lastError)}</code>{" "}
          <Copy value={formatError(lastError)} label="error" />
          <p>{explain(provider, lastError)}</p>
        </div>
      )}
    </section>
  );
}

function explain(
  { channel }: ProviderState,
  { type }: NonNullable<ProviderState["lastError"]>,
): string {
  const ofModel = channel === null && type !== "INVALID_RECIPIENT";
  const { meaning, remedy } = ofModel ? MODEL_ERROR_MEANINGS[type] : ERROR_TYPES[type];
  return `${meaning} ${remedy}`;
}
