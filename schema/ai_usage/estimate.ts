import { estimateFor } from "../../src/domain/ai_usage/estimate.ts";
import { builder } from "../kit/builder.ts";
import { MoneyObject } from "../kit/money.ts";
import { AiCallKind } from "./enums.ts";

builder.queryField("aiCostEstimate", (t) =>
  t.field({
    type: MoneyObject,
    nullable: true,
    description:
      "Estimated cost of calls of one kind with the configured model, from its current price and " +
      "the token counts of the newest calls: before `processQuotes` with `force`, for example. " +
      "Null if there was no such call, or the model has no price. ADMIN and OPERATOR only; a " +
      "MEMBER gets the error FORBIDDEN.",
    complexity: 10,
    args: {
      kind: t.arg({ type: AiCallKind, required: true, description: "Purpose of the calls." }),
      callCount: t.arg.int({
        required: true,
        description:
          "Number of calls, 1 to 1,000,000; a quote takes one, or two if the first answer is " +
          "invalid.",
      }),
    },
    resolve: (_root, { kind, callCount }, { services, caller }) =>
      estimateFor(services, caller, kind, callCount),
  }));
