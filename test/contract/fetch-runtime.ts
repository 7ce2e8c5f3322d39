import type { TransportFailure } from "@cosup/core";
import { contentTypeOf } from "@cosup/core/content-types";
import type { Runtime } from "@cosup/core/runtime";

const MiB = 1024 * 1024;

/** A minimal runtime on fetch, for runtimes without an adapter. */
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
        // Bun decompresses objects stored with gzip unless `decompress` is false.
        ...({ decompress: false } as RequestInit),
      }),
    open: async () => undefined,
    contentTypeOf,
    transportError: failureOf,
  };
}

/** The messages and codes of a failed fetch differ between runtimes. */
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
