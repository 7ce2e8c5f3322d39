import type { RequestEntry } from "@cosup/emulator";
import { formatBytes } from "./format.ts";
import { visible } from "./visible.ts";

/**
 * One line for a request that the emulator has handled: time, status, operation, method, target, sizes, duration, request
 * id, COS's code of a refusal, and the faults that fired.
 */
export function requestLine(entry: RequestEntry): string {
  const { bucket, key, partNumber, requestBytes, responseBytes, code, faults } = entry;
  return [
    new Date(entry.at).toISOString().slice(11, 23),
    entry.status,
    entry.operation ?? "-",
    visible(entry.method),
    visible(`/${bucket ?? ""}${key === undefined ? "" : `${bucket === undefined ? "" : "/"}${key}`}`),
    ...(partNumber === undefined ? [] : [`part ${partNumber}`]),
    ...(requestBytes ? [`in ${formatBytes(requestBytes)}`] : []),
    ...(responseBytes ? [`out ${formatBytes(responseBytes)}`] : []),
    `${entry.durationMs.toFixed(1)} ms`,
    entry.requestId,
    ...(code === undefined ? [] : [code]),
    ...faults.map((kind) => `[${kind}]`),
  ].join(" ");
}
