import { wasmBytes } from "../wasm-bytes.generated.ts";
import { instantiate, type WasmExports } from "./wasm-instance.ts";

let module: WebAssembly.Module | undefined;
let shared: WasmExports | undefined;

/** An instance of its own. The bytes are compiled once. */
export function newWasm(): WasmExports {
  module ??= new WebAssembly.Module(wasmBytes());
  return instantiate(module);
}

/** One instance for all that keeps no state in it. */
export function sharedWasm(): WasmExports {
  shared ??= newWasm();
  return shared;
}
