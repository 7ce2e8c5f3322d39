import { respondToRun } from "../faults/control-api.ts";
import { bodyText, json } from "../faults/control-json.ts";
import type { FaultRuns } from "../faults/fault-runs.ts";
import { RUN_NAME } from "../faults/peek-request.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import type { Store } from "../store/store.ts";
import type { EmulatorResponse, Settings } from "../types.ts";
import type { ConsoleRequest } from "./access.ts";
import { liveResponse, type Observed } from "./live.ts";
import { describeKey, listPage } from "./objects.ts";
import { signedPath, signHeaders, toSignFrom } from "./sign.ts";
import { listBuckets, listParts, listUploads } from "./uploads.ts";

/** What the console shows. */
export interface Shown extends Observed {
  readonly settings: Settings;
  readonly store: Store;
  readonly faults: FaultRuns;
}

const MAX_SIGN_BYTES = 64 * 1024;
const NEVER = new AbortController().signal;

/** Responds to a request for data that was allowed. @param name the path after `/_cosup/console/api/` */
export async function respondWithData(
  name: string,
  asked: ConsoleRequest,
  shown: Shown,
): Promise<EmulatorResponse> {
  const { request } = asked;
  const run = /^faults\/([^/]+)$/.exec(name)?.[1];
  if (run !== undefined) return respondToFaults(run, asked, shown);
  if (name === "sign" && request.method === "POST") return respondWithSignature(asked, shown.settings);
  if (request.method !== "GET") return json(405, { error: "GET, or POST to sign" });
  return respondToRead(name, asked, shown);
}

function respondToRead(
  name: string,
  { request, headers, query }: ConsoleRequest,
  shown: Shown,
): EmulatorResponse {
  const { store, settings, faults } = shown;
  switch (name) {
    case "buckets":
      return json(200, {
        buckets: listBuckets(store),
        region: settings.region,
        minPartSize: settings.minPartSize,
        inMemory: settings.data === undefined,
        faults: faults.enabled,
      });
    case "uploads":
      return json(200, listUploads(store));
    case "faults":
      return json(200, { enabled: faults.enabled, runs: faults.names.map((each) => faults.receipt(each)) });
    case "live":
      return liveResponse(
        shown,
        Number.parseInt(query.get("after") ?? "", 10),
        request.connection?.gone ?? NEVER,
      );
  }
  const bucket = store.bucket(query.get("bucket") ?? "");
  if (bucket === undefined) return json(404, { error: "there is no such bucket", field: "bucket" });
  return respondOfBucket(name, bucket, query, { host: headers.get("host") ?? "", settings });
}

function respondOfBucket(
  name: string,
  bucket: BucketStore,
  query: URLSearchParams,
  { host, settings }: { readonly host: string; readonly settings: Settings },
): EmulatorResponse {
  const key = query.get("key") ?? "";
  switch (name) {
    case "objects":
      return json(200, listPage(bucket, query));
    case "object":
      return json(200, describeKey(bucket, key));
    case "parts": {
      const parts = listParts(bucket, query.get("uploadId") ?? "");
      return parts ? json(200, parts) : json(404, { error: "there is no such upload", field: "uploadId" });
    }
    case "download": {
      const versionId = query.get("versionId");
      const Query = { "response-content-disposition": "attachment", ...(versionId && { versionId }) };
      const path = signedPath({ Method: "GET", Bucket: bucket.record.name, Key: key, Query }, host, settings);
      return path === undefined ? noKey() : json(200, { path });
    }
    default:
      return json(404, { error: "the console has no such data" });
  }
}

async function respondToFaults(
  run: string,
  { request }: ConsoleRequest,
  { faults }: Shown,
): Promise<EmulatorResponse> {
  if (!faults.enabled) return json(403, { error: "faults are off: start the emulator with faults: true" });
  if (!RUN_NAME.test(run)) return json(404, { error: "there is only faults/{run}", field: "run" });
  const response = await respondToRun(request, run, faults);
  return response;
}

async function respondWithSignature(
  { request, headers }: ConsoleRequest,
  settings: Settings,
): Promise<EmulatorResponse> {
  const asked = toSignFrom(parsed(await bodyText(request, MAX_SIGN_BYTES)));
  if (asked === undefined) return json(400, { error: "accepted: { Method, Bucket, Key, Query, Headers }" });
  const signed = signHeaders(asked, headers.get("host") ?? "", settings);
  return signed === undefined ? noKey() : json(200, { headers: signed });
}

function noKey(): EmulatorResponse {
  return json(409, { error: "the emulator has no key to sign with: give it credentials" });
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
