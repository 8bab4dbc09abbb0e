import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { setNonce } from "get-nonce";
import { shareSession } from "./api/session_tabs.ts";
import { App } from "./shell/app.tsx";
import { readNonce } from "./shell/nonce.ts";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");

// Dialogs lock the scroll position with a style element of their own.
setNonce(readNonce());
// A link with a key in an open tab changes the fragment only.
addEventListener("hashchange", () => location.hash.startsWith("#key=") && location.reload());
// The files of an open page are gone after a new build; the new page has the same address.
addEventListener("vite:preloadError", reloadIfAnswered);

// Without an answer a reload would lose the page; the error is shown instead.
async function reloadIfAnswered(): Promise<void> {
  const answered = await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
  if (answered) location.reload();
}

shareSession();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
