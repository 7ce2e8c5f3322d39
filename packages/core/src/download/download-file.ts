import { ArgumentRangeError } from "../argument-errors.ts";
import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import { CosError, IntegrityError, ServiceError } from "../errors.ts";
import { readSpec } from "../requests/object-description.ts";
import { checkpointStoreOf } from "../transfers/checkpoints.ts";
import type { ClientContext } from "../transfers/context.ts";
import { Download } from "./download.ts";
import type { LocalFiles } from "./local-files.ts";
import { DOWNLOAD_FILE, type DownloadFileParameters, type DownloadResult } from "./parameters.ts";
import { RecordSession } from "./record-session.ts";
import { findTarget, UnfinishedFile } from "./target-file.ts";

/** What an adapter's downloadFile calls: {@link DownloadFileParameters}, and the local path as a string. */
export interface DownloadCall {
  readonly files: LocalFiles;
  readonly parameters: DownloadFileParameters;
  /** The path that `LocalFilePath` is. */
  readonly pathOf: (given: string | URL) => string;
}

/** Downloads an object to a file; see the adapters' function of this name. */
export async function downloadToFile(
  cos: ClientBase,
  { files, parameters, pathOf }: DownloadCall,
): Promise<DownloadResult> {
  return callClient(
    cos,
    DOWNLOAD_FILE,
    (context, checked: DownloadFileParameters) => download(context, files, checked, pathOf),
    parameters,
  );
}

async function download(
  context: ClientContext,
  files: LocalFiles,
  parameters: DownloadFileParameters,
  pathOf: DownloadCall["pathOf"],
): Promise<DownloadResult> {
  const { Bucket, Key, VersionId, checkpoints, signal, onWarning } = parameters;
  refuseRange(parameters.headers);
  const target = await findTarget(files, pathOf(parameters.LocalFilePath), parameters.overwrite ?? true);
  const session = await RecordSession.open({
    identity: { endpoint: context.endpoint.serviceOf(Bucket), Bucket, Key, VersionId, path: target.path },
    store: checkpointStoreOf(context, checkpoints),
    resume: parameters.resume ?? "auto",
    signal,
    onWarning,
  });
  // Without a record, no later call can go on with the file: it gets a name that no other call uses.
  const token = session.keeps ? session.id.slice(0, 16) : files.fileSystem.randomToken();
  const file = new UnfinishedFile(files, target, token);
  const spec = readSpec(DOWNLOAD_FILE, "GET", parameters);
  const run = new Download({ context, parameters, spec, target, session, file });
  try {
    const result = await run.execute();
    await session.close(false);
    return result;
  } catch (error) {
    await run.stop();
    const kept = session.saved && !isUseless(error);
    if (!kept) await file.remove().catch(() => {});
    await session.close(kept);
    if (kept && error instanceof CosError) {
      error.hint ??= `what has arrived is kept in ${file.path}: make the same call again to go on`;
    }
    throw error;
  }
}

/** Whether what has arrived is of no use for a later call: its bytes are wrong, or the object is gone. */
function isUseless(error: unknown): boolean {
  if (error instanceof IntegrityError) return true;
  return error instanceof ServiceError && ["precondition-failed", "not-found"].includes(error.code);
}

function refuseRange(headers: DownloadFileParameters["headers"]): void {
  if (Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "range")) {
    throw new ArgumentRangeError("headers", "must not set range: the whole object is downloaded");
  }
}
