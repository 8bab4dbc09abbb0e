import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  // The server replaces it by a new nonce in each response.
  html: { cspNonce: "CSP_NONCE" },
  // Assets are never inlined, because the policy allows no data: URLs.
  build: { assetsInlineLimit: 0, target: "es2023", modulePreload: { polyfill: false } },
  server: {
    proxy: {
      "/graphql": { target: SERVER, ws: true },
      "/import": SERVER,
      "/content": SERVER,
    },
  },
});
