/**
 * What `@cosup/core/cosup.wasm` resolves to outside Workers: the same compiled module. So tests in Node, Deno and Bun can
 * import `@cosup/workers`.
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

// biome-ignore lint/style/noDefaultExport: the default export of a .wasm file is its module
export default compile();
