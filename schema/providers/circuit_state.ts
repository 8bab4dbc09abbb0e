import { builder } from "../kit/builder.ts";

export const CircuitState = builder.enumType("CircuitState", {
  description:
    "State of the circuit breaker of a provider or webhook endpoint, shared by all processes.",
  values: {
    CLOSED: { description: "Healthy: requests are sent to it." },
    OPEN: {
      description:
        "Failing: no requests are sent until the next probe, after 5 to 30 seconds (webhook endpoint: up to 5 " +
        "minutes), or later if its reply names a longer time. For mail, the next provider is used instead.",
    },
    HALF_OPEN: {
      description: "Probing: one message or call tests it; its result closes or opens the circuit.",
    },
  },
});
