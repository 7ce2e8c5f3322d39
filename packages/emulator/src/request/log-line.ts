import type { CorsConfiguration } from "../cors/configuration.ts";
import type { Rule } from "../faults/instruction.ts";
import type { Dialect } from "../s3/dialect.ts";
import type { Call, EmulatorRequest } from "../types.ts";
import type { Address } from "./address.ts";
import { encodeKey, percentEncode } from "./percent.ts";

/** What is known of a request when it ends, for the error document and the log. */
export interface Trace {
  requestId: string;
  dialect?: Dialect;
  address?: Address;
  /** The cross-origin configuration before the operation, which may change it. */
  cors?: CorsConfiguration | undefined;
  call?: Call;
  /** The code of a refusal. */
  code?: string;
  /** The path of a request to the control API. */
  control?: string;
  /** It is one that the console's page sends all the time, and is not recorded. */
  unrecorded?: boolean;
  /** The kinds of the faults that have fired. */
  faults?: readonly string[];
  /** The same faults, with their parameters. */
  fired?: readonly Rule[];
}

/**
 * One line per request: status or `hung-up`, operation, target, the code of a refusal. Only three query parameters are included, so that no
 * signature is logged. Text of the request is percent-encoded: it cannot break the line or control a terminal.
 */
export function logLine(request: EmulatorRequest, trace: Trace, outcome: string): string {
  const { call, address } = trace;
  const words = [outcome, call?.operation ?? "-", percentEncode(request.method)];
  const place = trace.control?.slice(1) ?? `${address?.bucket ?? ""}/${withoutSignature(address?.key ?? "")}`;
  words.push(`/${encodeKey(place)}`);
  for (const name of ["partNumber", "uploadId", "position"]) {
    const value = call?.query.get(name);
    if (value !== undefined) words.push(`${name}=${encodeKey(withoutSignature(value))}`);
  }
  if (trace.code !== undefined) words.push(trace.code);
  return words.join(" ");
}

/** A presigned URL that has lost a character carries its signature in the key. The log shows the text before it. */
export function withoutSignature(text: string): string {
  const at = text.search(
    /q-(?:ak|sign|key-time|header-list|url-param-list)|x-(?:amz|cos-security)-|accesskeyid=|signature=|expires=\d/i,
  );
  return at < 0 ? text : `${text.slice(0, at)}...`;
}
