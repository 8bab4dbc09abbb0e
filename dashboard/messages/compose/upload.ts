/** Report of an import. */
export interface ImportReport {
  readonly audienceId: string;
  readonly taken: number;
  readonly refused: number;
  readonly collapsed: number;
  readonly refusedRows: readonly { readonly line: number; readonly reason: string }[];
}

interface ErrorAnswer {
  readonly errors?: readonly { readonly message: string }[];
}

/**
 * Uploads a CSV or NDJSON file as an audience. XMLHttpRequest, because fetch reports no progress of uploads.
 *
 * @param onProgress share of the file that was sent, 0 to 1
 * @throws {Error} with the reason of the server, if it refuses the file
 */
export function uploadRecipients(
  file: File,
  key: string,
  onProgress: (fraction: number) => void,
): Promise<ImportReport> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportReport>();
  const request = new XMLHttpRequest();
  request.open("POST", `/import/recipients?name=${encodeURIComponent(nameOf(file))}`);
  request.setRequestHeader("authorization", `Bearer ${key}`);
  request.setRequestHeader(
    "content-type",
    /\.(nd)?jsonl?$/i.test(file.name) ? "application/x-ndjson" : "text/csv",
  );
  request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
  request.onerror = () => reject(new Error("The upload was interrupted. Drop the file again."));
  request.onload = () => {
    if (request.status < 300) return resolve(JSON.parse(request.responseText));
    reject(new Error(reasonOf(request)));
  };
  request.send(file);
  return promise;
}

function nameOf(file: File): string {
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
