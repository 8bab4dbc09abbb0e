import { Tabs } from "@mantine/core";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { HtmlFrame } from "../../kit/html_frame.tsx";
import type { PreviewResult } from "./content_preview.ts";

/** A content as a recipient gets it, or the reason why it cannot be rendered. */
export function RenderedContent({ result }: { readonly result: PreviewResult }) {
  if (result.__typename !== "ContentPreview") return <ErrorNotice reason={result.reason} />;
  const { subject, text, html } = result;
  return (
    <>
      <p>
        <span className="dimmed">Subject</span> <strong>{subject}</strong>
      </p>
      <Tabs defaultValue={html ? "html" : "text"} key={html ? "html" : "text"}>
        <Tabs.List>
          {html && <Tabs.Tab value="html">HTML</Tabs.Tab>}
          {text && <Tabs.Tab value="text">Text</Tabs.Tab>}
        </Tabs.List>
        {html && (
          <Tabs.Panel value="html">
            <HtmlFrame html={html} />
          </Tabs.Panel>
        )}
        {text && (
          <Tabs.Panel value="text">
            <pre className="mail-text">{text}</pre>
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}
