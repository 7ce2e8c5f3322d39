import { json } from "../faults/control-json.ts";
import { isBareHost } from "../request/address.ts";
import { normaliseHeaders } from "../request/headers.ts";
import type { Trace } from "../request/log-line.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import { type ConsoleRequest, consoleCookie, type Purpose, refuseConsole } from "./access.ts";
import { respondWithData, type Shown } from "./data.ts";
import { consoleFile, plain } from "./files.ts";

/** The path of the console's page. */
export const CONSOLE_PATH = "/_cosup/console";
const CONSOLE = /^\/_cosup\/console((?:\/[^?#]*)?)(?:\?([^#]*))?(?:#|$)/;
const DATA = "/api/";

/** Handles the page, the files and the data of the console. Undefined: the request is for something else. */
export async function handleConsoleRequest(
  request: EmulatorRequest,
  trace: Trace,
  shown: Shown,
): Promise<EmulatorResponse | undefined> {
  const headers = normaliseHeaders(request.headers);
  const found = CONSOLE.exec(request.target);
  if (found === null || !isBareHost(headers.get("host") ?? "")) return undefined;
  const [, path = "", query] = found;
  const asked = { request, headers, path, query: new URLSearchParams(query) };
  const purpose = path.startsWith(DATA) ? "data" : path === "" || path === "/" ? "page" : "file";
  const response = await respond(asked, purpose, shown);
  // A page that is open asks all the time; what was refused is worth a line.
  trace.unrecorded = response.status < 400;
  return response;
}

async function respond(asked: ConsoleRequest, purpose: Purpose, shown: Shown): Promise<EmulatorResponse> {
  const { request, path } = asked;
  const refused = refuseConsole(asked, purpose, shown.settings);
  if (refused !== undefined) return purpose === "data" ? json(403, { error: refused }) : plain(403, refused);
  if (purpose === "data") return respondWithData(path.slice(DATA.length), asked, shown);
  if (request.method !== "GET") return plain(405, "GET");
  const file = (await consoleFile(path.slice(1))) ?? plain(404, "the console has no such file");
  if (purpose === "file") return file;
  return { ...file, headers: { ...file.headers, "Set-Cookie": consoleCookie(asked, shown.settings) } };
}
