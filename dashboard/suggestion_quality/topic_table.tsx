import type { SuggestionQuality } from "./operations.ts";
import { QualityTable } from "./quality_table.tsx";

/** Quality by topic, as the model named it. */
export function TopicTable({ topics }: { readonly topics: SuggestionQuality["byTopic"] }) {
  if (topics.length === 0) return <p className="dimmed">The model named no topics.</p>;
  return (
    <QualityTable
      label="By topic"
      headings={["Topic"]}
      rows={topics.map(({ topic, ...totals }) => ({ ...totals, key: topic, cells: [topic] }))}
    />
  );
}
