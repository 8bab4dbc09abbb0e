import type { Delivery } from "../../src/domain/deliveries/delivery.ts";
import { builder } from "../kit/builder.ts";
import { DeliveryErrorType } from "./enums.ts";

/** What may have failed. */
export type Failed = Pick<Delivery, "errorType" | "errorCode" | "errorMessage">;

/** Why something that a provider was to take failed. */
export const DeliveryErrorObject = builder.objectRef<Failed>("DeliveryError").implement({
  description: "Why a delivery, or one attempt at it, failed.",
  fields: (t) => ({
    type: t.field({
      type: DeliveryErrorType,
      description: "What kind of failure.",
      resolve: ({ errorType }) => errorType ?? "OTHER",
    }),
    code: t.exposeString("errorCode", {
      nullable: true,
      description: "As the provider says it: 550 5.1.1, ECONNREFUSED …",
    }),
    message: t.string({
      description: "For people.",
      resolve: ({ errorMessage }) => errorMessage ?? "",
    }),
  }),
});
