import type { JobError } from "../../src/domain/jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { JobErrorObject } from "./error.ts";

/** Fields of a failed item. */
export interface ItemFailure {
  /** TypeID of the item. */
  readonly itemId: string;
  readonly label: string;
  readonly error: JobError;
}

/** A failed item of a job or of a run. */
export const ItemFailureObject = builder.objectRef<ItemFailure>("ItemFailure").implement({
  description: "Failed item of a job.",
  fields: (t) => ({
    itemId: t.exposeID("itemId", {
      nullable: true,
      description: "Id of the item; null if it has none.",
    }),
    label: t.exposeString("label", {
      description: "Display name of the item: the address of a delivery, the subject of a mail.",
    }),
    error: t.expose("error", { type: JobErrorObject, description: "Error of the item." }),
  }),
});

const [CONNECTION, EDGE] = connectionNames("ItemFailure");

/** Page of failed items, of all lists of failed items. */
export const ItemFailureConnection = builder.connectionObject(
  { type: ItemFailureObject, ...CONNECTION },
  EDGE,
);
