import { stat } from "node:fs/promises";
import type { NodeCosClient, UploadFileParameters, UploadResult } from "@cosup/node";

const CHECKED = Symbol("checked");

/**
 * Checks the arguments of an upload and sends nothing: the client checks them before it looks at a signal, and this
 * signal is aborted already. So there is one set of rules, the client's.
 * @throws {TypeError} {@link RangeError} as the upload itself would
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
 * Makes `client` check uploads instead of sending them; folders are walked and filtered as ever.
 * @param checker another client, to check with
 */
export function withoutSending(client: NodeCosClient, checker: NodeCosClient): NodeCosClient {
  client.uploadFile = async (parameters) => {
    await checkUpload(checker, parameters);
    return nothingSent(parameters);
  };
  return client;
}

async function nothingSent({ Bucket, Key, LocalFilePath }: UploadFileParameters): Promise<UploadResult> {
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
