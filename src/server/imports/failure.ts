import { getLogger } from "@logtape/logtape";
import { GraphQLError } from "graphql";
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from "../../domain/errors.ts";
import { BodyTimeoutError } from "../body_deadline.ts";
import { errorResponse, failureResponse, toClientError } from "../errors.ts";
import { TooLargeError, UnsupportedError, UploadInterruptedError } from "./upload.ts";

const logger = getLogger(["waybill", "server"]);

/** Creates the response to an import that failed. */
export function failure(error: unknown): Response {
  if (error instanceof UnsupportedError) return refuse(415, "UNSUPPORTED_MEDIA_TYPE", error);
  if (error instanceof InvalidInputError) return errorResponse(400, toClientError(error));
  if (error instanceof ForbiddenError) return errorResponse(403, toClientError(error));
  if (error instanceof NotFoundError) return errorResponse(404, toClientError(error));
  if (error instanceof TooLargeError) return refuse(413, "REQUEST_ENTITY_TOO_LARGE", error);
  if (error instanceof BodyTimeoutError) return errorResponse(408, error);
  if (error instanceof ConflictError) return errorResponse(409, toClientError(error));
  if (!(error instanceof UploadInterruptedError)) return failureResponse(error);
  logger.info("Import interrupted: {cause}", { cause: error.cause });
  return refuse(400, "BROKEN_OFF", error);
}

function refuse(status: number, code: string, { message }: Error): Response {
  return errorResponse(status, new GraphQLError(message, { extensions: { code } }));
}
