const BULK_TARGET = { action: "RETRY", deliveries: { filter: { errorTypes: ["ACCESS_TOKEN"] } } };

const MJML = `<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ name }}</mj-text></mj-column>
  </mj-section></mj-body></mjml>`;

/** Values of the variables of client operations, by the name of the input type. */
export const INPUTS: Readonly<Record<string, unknown>> = {
  CreateApiKeyInput: { name: "Shop", role: "MEMBER" },
  CreateOrganizationInput: { name: "Acme" },
  RetryJobsInput: { filter: { errorTypes: ["TIMEOUT"] } },
  StartJobAgainInput: { priority: 5 },
  CreateScheduleInput: { name: "nightly", kind: "CLEANUP", payload: {}, cron: "0 3 * * *" },
  UpdateScheduleInput: { cron: "*/15 * * * *", timezone: "Europe/Berlin", enabled: false },
  StartJobInput: { kind: "CLEANUP", payload: {}, runAt: "2040-01-01T00:00:00Z" },
  DeliveryFilter: { statuses: ["PENDING"] },
  MessageFilter: { statuses: ["PAUSED"] },
  RetryDeliveriesInput: { filter: { errorTypes: ["ACCESS_TOKEN"] } },
  BulkActionInput: BULK_TARGET,
  StartBulkActionInput: { target: BULK_TARGET, perSecond: 10 },
  ResolveDeliveriesInput: { filter: { statuses: ["UNKNOWN"] }, as: "SENT" },
  AddSuppressionsInput: { addresses: ["max@example.com"], reason: "COMPLAINED" },
  SendMessageInput: {
    title: "July",
    content: { subject: "Hello {{ name }}", text: "Your plan: {{ plan }}" },
    to: { list: [{ address: "ada@example.com", name: "Ada", variables: { plan: "pro" } }] },
    idempotencyKey: "july",
  },
  IgnoreProblemInput: { perHour: 10, until: "2040-01-01T00:00:00Z", note: "Known" },
  UpdateProviderInput: { user: "ada", password: "new" },
  UpdateOrganizationInput: { from: { address: "news@acme.example", name: "Acme" } },
  CreateWebhookEndpointInput: { url: "https://example.com/hook", events: ["MESSAGE_FINISHED"] },
  UpdateWebhookEndpointInput: { events: ["JOB_FAILED"] },
  UpsertOrderInput: {
    number: "#1002",
    contactEmail: "ada@example.com",
    status: "paid",
    total: { amount: "49.00", currency: "EUR" },
  },
  SaveInboundSecretInput: { kind: "EMAIL" },
  UpdateContactInput: { name: "Ada", vip: true, variables: { plan: "pro" }, unsubscribed: false },
  UpdateLaneInput: { paused: true, slots: 3 },
  CreateCampaignInput: {
    type: "welcome",
    name: "Welcome",
    trigger: "SIGNUP",
    content: { subject: "Welcome {{ name }}" },
  },
  UpdateCampaignInput: { name: "Hello", enabled: false },
  CampaignFilter: { triggers: ["DATE"] },
  RegisterContactInput: { email: "max@example.com", name: "Max", sendWelcome: true },
  UpdateBudgetInput: {
    perDay: { amount: "12.50", currency: "USD" },
    warnAtFraction: 0.9,
    timezone: "Europe/Berlin",
  },
  SetAiPriceInput: {
    model: "llama3.2",
    input: { amount: 0, currency: "USD" },
    output: { amount: "0", currency: "USD" },
  },
  UpdateProcessorInput: { intervalMs: 30000, batchSize: 200 },
  UpdateMessageInput: { retry: { mode: "CRON" } },
  ContentPreviewInput: { content: { subject: "Hello {{ name }}" }, variables: { name: "Ada" } },
  TemplateContentInput: { content: { subject: "Hello", html: "<p>Hello {{ name }}</p>" } },
  SaveTemplateInput: { name: "July", subject: "Hello", mjml: MJML },
  SavePromptInput: { name: "quote", text: "{{ data_notice }} Estimate." },
  SendTestMessageInput: {
    content: { subject: "Hello {{ name }}" },
    to: { address: "ada@example.com", name: "Ada" },
  },
};
