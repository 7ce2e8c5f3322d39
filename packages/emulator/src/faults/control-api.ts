import { isBareHost } from "../request/address.ts";
import { normaliseHeaders } from "../request/headers.ts";
import type { EmulatorRequest, EmulatorResponse, Settings } from "../types.ts";
import { refuseControl } from "./control-access.ts";
import type { FaultRuns } from "./fault-runs.ts";
import { RUN_NAME } from "./peek-request.ts";
import { FaultScriptError } from "./validate.ts";

/** Paths of the control API. On the hosts of buckets they are ordinary keys. */
const CONTROL_PATH = /^\/_cosup(?:[/?#]|$)/;
const FAULTS_PATH = /^\/_cosup\/faults\/([^/?#]+)$/;
const MAX_SCRIPT_BYTES = 1024 * 1024;

/** Handles `PUT`, `GET` and `DELETE /_cosup/faults/{run}`. Undefined: the request is for COS. */
export async function handleControlRequest(
  request: EmulatorRequest,
  runs: FaultRuns,
  settings: Settings,
): Promise<EmulatorResponse | undefined> {
  const headers = normaliseHeaders(request.headers);
  if (!CONTROL_PATH.test(request.target) || !isBareHost(headers.get("host") ?? "")) return undefined;
  if (!runs.enabled) return json(403, { error: "faults are off: start the emulator with faults: true" });
  const refused = refuseControl(request, headers, settings);
  if (refused !== undefined) return json(403, { error: refused });
  const run = FAULTS_PATH.exec(request.target)?.[1];
  if (run === undefined || !RUN_NAME.test(run)) {
    return json(404, { error: "there is only /_cosup/faults/{run}", field: "run" });
  }
  return respond(request, run, runs);
}

async function respond(request: EmulatorRequest, run: string, runs: FaultRuns): Promise<EmulatorResponse> {
  switch (request.method) {
    case "PUT":
      return install(await bodyText(request), run, runs);
    case "GET": {
      const receipt = runs.receipt(run);
      return receipt ? json(200, receipt) : json(404, { error: `there is no fault run "${run}"` });
    }
    case "DELETE":
      return runs.remove(run) ? json(204) : json(404, { error: `there is no fault run "${run}"` });
    default:
      return json(405, { error: "PUT, GET or DELETE" });
  }
}

function install(text: string | undefined, run: string, runs: FaultRuns): EmulatorResponse {
  if (text === undefined) return json(413, { error: `a script has at most ${MAX_SCRIPT_BYTES} bytes` });
  try {
    return json(200, runs.install(run, JSON.parse(text)));
  } catch (error) {
    if (error instanceof FaultScriptError) return json(400, { error: error.message, field: error.field });
    if (error instanceof SyntaxError) return json(400, { error: `not JSON: ${error.message}` });
    throw error;
  }
}

async function bodyText(request: EmulatorRequest): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_SCRIPT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function json(status: number, value?: unknown): EmulatorResponse {
  if (value === undefined) return { status, headers: {}, bare: true };
  const body = `${JSON.stringify(value, undefined, 2)}\n`;
  const length = String(Buffer.byteLength(body));
  return {
    status,
    headers: { "Content-Type": "application/json", "Content-Length": length },
    body,
    bare: true,
  };
}
