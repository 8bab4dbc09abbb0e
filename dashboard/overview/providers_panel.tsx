import type { ProviderState } from "../installation/operations.ts";
import { ProviderHealth } from "../installation/provider_health.tsx";
import { formatRate } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";

const TARGET = { to: "/installation", search: { tab: "providers" } };

/** Providers with their health and rate. */
export function ProvidersPanel({ providers }: { readonly providers: readonly ProviderState[] }) {
  return (
    <Panel title="Providers" link={{ ...TARGET, text: "Manage providers" }}>
      {providers.length === 0 && (
        <p className="dimmed">No provider is configured. Set SMTP_URLS to send emails.</p>
      )}
      <ul className="panel-rows">
        {providers.map((provider) => (
          <li key={provider.id} className="provider-row">
            <PageLink {...TARGET}>{provider.name}</PageLink>
            <ProviderHealth provider={provider} />
            <span className="numbers">
              {provider.channel === null ? "model" : formatRate(provider.sentPerSecond)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
