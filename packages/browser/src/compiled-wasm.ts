import type { WasmModule } from "@cosup/core/runtime";
import { wasmBytes } from "@cosup/core/wasm-bytes";

let compiled: Promise<WasmModule> | undefined;

/**
 * The digest core, compiled once for all clients.
 * @throws {Error} the page's Content-Security-Policy forbids it
 */
export function compiledWasm(): Promise<WasmModule> {
  compiled ??= WebAssembly.compile(wasmBytes()).catch((cause: unknown) => {
    compiled = undefined;
    throw new Error(
      "the page may not compile WebAssembly: add 'wasm-unsafe-eval' to script-src of its Content-Security-Policy",
      { cause },
    );
  });
  return compiled;
}
