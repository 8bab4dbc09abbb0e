import { session } from "../api/session.ts";

/** A row that was not imported. */
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

/** Address of an import with its parameters; absent and empty ones are left out. */
export interface ImportTarget {
  readonly path:
    | "/import/recipients"
    | "/import/suppressions"
    | "/import/contacts"
    | "/import/emails";
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

interface ErrorAnswer {
  readonly errors?: readonly { readonly message: string }[];
}

/**
 * Uploads a file. XMLHttpRequest, because fetch reports no progress of uploads.
 *
 * @param contentType media type of the file
 * @param onProgress share of the file that was sent, 0 to 1
 * @returns the report of the server
 * @throws {Error} with the reason of the server, if it refuses the file
 */
export function upload<Report>(
  file: File,
  { path, parameters }: ImportTarget,
  contentType: string,
  onProgress: (fraction: number) => void,
): Promise<Report> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  const given = Object.entries(parameters).flatMap(([name, value]) => value ? [[name, value]] : []);
  const request = new XMLHttpRequest();
  request.open("POST", `${path}?${new URLSearchParams(given)}`);
  request.setRequestHeader("authorization", `Bearer ${session.get().key}`);
  request.setRequestHeader("content-type", contentType);
  request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
  request.onerror = () => reject(new Error("The upload was interrupted. Drop the file again."));
  request.onload = () => {
    if (request.status < 300) return resolve(JSON.parse(request.responseText));
    reject(new Error(reasonOf(request)));
  };
  request.send(file);
  return promise;
}

/** Name of a file without its extension. */
export function nameOf(file: File): string {
  return file.name.replace(/\.\w+$/, "");
}

function reasonOf({ status, responseText }: XMLHttpRequest): string {
  try {
    const { errors }: ErrorAnswer = JSON.parse(responseText);
    return errors?.[0]?.message ?? `The server answered ${status}.`;
  } catch {
    return `The server answered ${status}.`;
  }
}
