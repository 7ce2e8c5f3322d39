import type { SlowLink } from "../link/slow-link.ts";
import type { ReplayOptions } from "../replay/replay-options.ts";
import { isBareHost } from "../request/address.ts";
import { normaliseHeaders } from "../request/headers.ts";
import type { EmulatorRequest, EmulatorResponse, Settings } from "../types.ts";
import { refuseControl } from "./control-access.ts";
import { bodyText, json, refused } from "./control-json.ts";
import { respondToLink } from "./control-link.ts";
import type { FaultRuns } from "./fault-runs.ts";
import { RUN_NAME } from "./peek-request.ts";

/** Paths of the control API. On the hosts of buckets they are ordinary keys. */
const CONTROL_PATH = /^\/_cosup(?:[/?#]|$)/;
const FAULTS_PATH = /^\/_cosup\/faults\/([^/?#]+)$/;
const LINK_PATH = "/_cosup/link";
const MAX_SCRIPT_BYTES = 1024 * 1024;

/** What the control API reads and changes. */
export interface Controlled {
  readonly runs: FaultRuns;
  readonly link: SlowLink;
  readonly settings: Settings;
}

/** Handles `PUT`, `GET` and `DELETE` of `/_cosup/faults/{run}` and `/_cosup/link`. Undefined: the request is for COS. */
export async function handleControlRequest(
  request: EmulatorRequest,
  { runs, link, settings }: Controlled,
): Promise<EmulatorResponse | undefined> {
  const headers = normaliseHeaders(request.headers);
  if (!CONTROL_PATH.test(request.target) || !isBareHost(headers.get("host") ?? "")) return undefined;
  const toLink = request.target === LINK_PATH;
  if (!runs.enabled && !(toLink && settings.link !== undefined)) {
    return json(403, {
      error: `${toLink ? "no link, and " : ""}faults are off: start the emulator with faults: true`,
    });
  }
  const forbidden = refuseControl(request, headers, settings);
  if (forbidden !== undefined) return json(403, { error: forbidden });
  if (toLink) return respondToLink(request, link);
  const run = FAULTS_PATH.exec(request.target)?.[1];
  if (run === undefined || !RUN_NAME.test(run)) {
    return json(404, { error: "there are only /_cosup/faults/{run} and /_cosup/link", field: "run" });
  }
  return respondToRun(request, run, runs);
}

/** Installs, reads or ends one run, by the method of a request that was allowed to. */
export async function respondToRun(
  request: EmulatorRequest,
  run: string,
  runs: FaultRuns,
): Promise<EmulatorResponse> {
  switch (request.method) {
    case "PUT":
      return install(await bodyText(request, MAX_SCRIPT_BYTES), run, runs);
    case "GET": {
      const receipt = runs.receipt(run);
      if (receipt === undefined) return json(404, { error: `there is no fault run "${run}"` });
      return json(200, { ...receipt, ...runs.report(run) });
    }
    case "DELETE":
      return runs.remove(run) ? json(204) : json(404, { error: `there is no fault run "${run}"` });
    default:
      return json(405, { error: "PUT, GET or DELETE" });
  }
}

/** An array is a script, an object the seed and the options of a replay. */
function install(text: string | undefined, run: string, runs: FaultRuns): EmulatorResponse {
  if (text === undefined) return json(413, { error: `a script has at most ${MAX_SCRIPT_BYTES} bytes` });
  try {
    const content: unknown = JSON.parse(text);
    if (!isReplay(content)) return json(200, runs.install(run, content));
    const { seed, ...options } = content;
    return json(200, runs.replay(seed, { ...options, run }).report());
  } catch (error) {
    return refused(error);
  }
}

/** What is wrong with either of its fields is found when it is installed. */
function isReplay(content: unknown): content is ReplayOptions & { readonly seed: number } {
  return typeof content === "object" && content !== null && "seed" in content;
}
