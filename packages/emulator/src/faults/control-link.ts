import type { LinkOptions } from "../link/link-options.ts";
import type { SlowLink } from "../link/slow-link.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import { bodyText, json, refused } from "./control-json.ts";

const MAX_BYTES = 10_000;

/** `PUT /_cosup/link` with the options as JSON makes the line slow, `DELETE` as fast as before, `GET` reads the options. */
export async function respondToLink(request: EmulatorRequest, link: SlowLink): Promise<EmulatorResponse> {
  switch (request.method) {
    case "PUT":
      return change(await bodyText(request, MAX_BYTES), link);
    case "GET":
      return json(200, link.options ?? {});
    case "DELETE":
      link.options = undefined;
      return json(204);
    default:
      return json(405, { error: "PUT, GET or DELETE" });
  }
}

function change(text: string | undefined, link: SlowLink): EmulatorResponse {
  if (text === undefined) return json(413, { error: `a link has at most ${MAX_BYTES} bytes` });
  try {
    // The setter checks it.
    link.options = (JSON.parse(text) ?? null) as LinkOptions;
    return json(200, link.options);
  } catch (error) {
    return refused(error);
  }
}
