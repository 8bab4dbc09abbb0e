import type { Delivery, StoredDeliveryError } from "../../src/domain/deliveries/delivery.ts";
import { builder } from "../kit/builder.ts";
import { DeliveryErrorType } from "./enums.ts";

/** An error of a delivery, of one attempt or of a provider. */
export const DeliveryErrorObject = builder.objectRef<StoredDeliveryError>("DeliveryError")
  .implement({
    description: "Error of a delivery, of one attempt or of a provider.",
    fields: (t) => ({
      type: t.expose("type", { type: DeliveryErrorType, description: "Kind of failure." }),
      code: t.exposeString("code", {
        nullable: true,
        description: "Error code of the provider: 550 5.1.1, ECONNREFUSED …; null if it sent none.",
      }),
      message: t.exposeString("message", {
        description: "Explanation for people, often the text of the provider.",
      }),
    }),
  });

/** Reads the error of a row; null when the row has none. */
export function errorOf(
  { errorType, errorCode, errorMessage }: Pick<
    Delivery,
    "errorType" | "errorCode" | "errorMessage"
  >,
): StoredDeliveryError | null {
  return errorType && { type: errorType, code: errorCode, message: errorMessage ?? "" };
}
