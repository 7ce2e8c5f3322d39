import { XMLParser } from "@cosup/core/xml-parser";
// @ts-expect-error: undici declares types for its index only
import wasm from "undici/lib/llhttp/llhttp_simd-wasm.js";

/** The WebAssembly module of undici's HTTP/1.1 parser. */
export const llhttp: Uint8Array = wasm;
export { XMLParser };
