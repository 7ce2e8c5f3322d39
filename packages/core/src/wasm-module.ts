/**
 * What an import of `@cosup/core/cosup.wasm` gives outside Workers: the same compiled module, so that `@cosup/workers`
 * can be imported by tests that run in Node, Deno or Bun.
 *
 * @module
 */
import type { WasmModule } from "./runtime/runtime.ts";
import { wasmBytes } from "./wasm-bytes.generated.ts";

function compile(): WasmModule {
  try {
    return new WebAssembly.Module(wasmBytes());
  } catch (cause) {
    throw new Error(
      'this runtime may not compile WebAssembly from bytes: bundle for Workers with the condition "workerd", as wrangler does',
      { cause },
    );
  }
}

// biome-ignore lint/style/noDefaultExport: an import of a .wasm file has the module as its default
export default compile();
