import { stat } from "node:fs/promises";
import type { NodeCosClient, UploadFileParameters, UploadResult } from "@cosup/node";

const CHECKED = Symbol("checked");

/**
 * Checks the arguments of an upload and sends nothing. The client checks arguments before it checks its signal, and
 * this signal is already aborted, so the rules of the client are the only ones.
 * @throws {TypeError} {@link RangeError} the same errors as the upload itself
 */
export async function checkUpload(client: NodeCosClient, parameters: UploadFileParameters): Promise<void> {
  const { LocalFilePath: _path, checkpoints: _checkpoints, ...rest } = parameters;
  try {
    await client.uploadFile({ ...rest, Body: new Uint8Array(0), signal: AbortSignal.abort(CHECKED) });
  } catch (reason) {
    if (reason !== CHECKED) throw reason;
  }
}

/**
 * Changes `client` so that it checks uploads instead of sending them. Directories are still walked and filtered.
 * @param checker a second client, which checks the arguments
 */
export function replaceUploadsByChecks(client: NodeCosClient, checker: NodeCosClient): NodeCosClient {
  client.uploadFile = async (parameters) => {
    await checkUpload(checker, parameters);
    return dryRunResult(parameters);
  };
  return client;
}

async function dryRunResult({ Bucket, Key, LocalFilePath }: UploadFileParameters): Promise<UploadResult> {
  return {
    Bucket,
    Key,
    size: LocalFilePath === undefined ? 0 : (await stat(LocalFilePath)).size,
    ETag: "",
    Location: "",
    crc64: "",
    UploadId: undefined,
    partsSent: 0,
    partsResumed: 0,
    skipped: false,
    requestId: undefined,
    versionId: undefined,
    headers: {},
  };
}
