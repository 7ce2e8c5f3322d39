import type { StreamBody } from "./body-watch.ts";
import { PacedBody } from "./paced-body.ts";
import { watchedBody } from "./watched-body.ts";

/** The body of a response for the caller to read: checked, paced, and failed when it stalls. */
export const streamBody: StreamBody = (response, { watch, check, pacer, failureOf }) => {
  const checked = check?.(response);
  if (response.body === null) {
    checked?.end();
    return null;
  }
  return watchedBody(response.body, watch, failureOf, checked, pacer && new PacedBody(pacer));
};
