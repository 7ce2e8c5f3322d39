import type { TransportFailure } from "@cosup/core";
import { contentTypeOf } from "@cosup/core/content-types";
import type { Runtime } from "@cosup/core/runtime";

const MiB = 1024 * 1024;

/** The least a runtime can lend: its fetch. Stands in for an adapter where there is none yet. */
export function createFetchRuntime(
  name: string,
  wasm: WebAssembly.Module | Promise<WebAssembly.Module>,
): Runtime {
  return {
    name,
    wasm,
    defaults: { partSize: 8 * MiB, concurrency: 5, memoryBudget: 64 * MiB },
    send: ({ method, url, headers, body, signal }) =>
      fetch(url, {
        method,
        headers,
        // WASM memory is never shared here, which the type of a view does not say.
        body: (body as Uint8Array<ArrayBuffer> | undefined) ?? null,
        signal,
        redirect: "manual",
        // Bun unpacks objects that are stored packed, unless it is told not to.
        ...({ decompress: false } as RequestInit),
      }),
    open: async () => undefined,
    contentTypeOf,
    transportError: failureOf,
  };
}

/** fetch says what went wrong in words and codes that every runtime chooses for itself. */
function failureOf(cause: unknown): TransportFailure {
  const words: string[] = [];
  for (let error = cause; error instanceof Error && words.length < 8; error = error.cause) {
    words.push(error.name, error.message, "code" in error ? String(error.code) : "");
  }
  const text = words.join(" ");
  if (/refused|dns|resolve|unreachable|unable to connect|client error \(connect\)/i.test(text))
    return "connect";
  if (/timed? ?out/i.test(text)) return "timeout";
  return /reset|closed|lost|broken pipe|EPIPE|terminated/i.test(text) ? "reset" : "unknown";
}
