import { z } from "zod";

// Written by dashboard/build/dist.ts.
const buildState = z.object({
  state: z.enum(["BUILDING", "BUILT", "FAILED"]),
  reason: z.string().optional(),
});

/**
 * Renders the page that is shown while there is no built dashboard.
 *
 * @param stateText content of build.json; null if no build was started
 * @param nonce of the policy, for the styles
 */
export function renderBuildPage(stateText: string | null, nonce: string): string {
  const { heading, text, details } = describe(stateText);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Waybill</title>
<style nonce="${nonce}">
  body { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 42rem; padding: 0 1rem; }
  pre { overflow-x: auto; white-space: pre-wrap; }
</style>
<main>
<h1>${heading}</h1>
<p>${text} This page reloads automatically. The API is ready at <a href="/graphql">/graphql</a>.</p>
${details && `<pre>${escape(details)}</pre>`}
</main>
</html>
`;
}

function describe(stateText: string | null) {
  const command = "<code>deno task dashboard</code>";
  const state = stateText === null ? null : readState(stateText);
  if (state?.state === "BUILDING") {
    return {
      heading: "The dashboard is being built",
      text: `The first start builds it, which takes a few seconds.`,
      details: "",
    };
  }
  if (state?.state === "FAILED") {
    return {
      heading: "The dashboard could not be built",
      text: `Run ${command} again once the cause below is gone.`,
      details: state.reason ?? "",
    };
  }
  return {
    heading: "The dashboard is not built",
    text: `Run ${command} on the server.`,
    details: "",
  };
}

function readState(text: string) {
  try {
    return buildState.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // The file is damaged, which a new build repairs.
    return null;
  }
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
