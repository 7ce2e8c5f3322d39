import { channel } from "node:diagnostics_channel";
import { contentTypeOf } from "@cosup/core/content-types";
import { diagnosticsOf, holdNodeStream, permanentFailure, type Runtime } from "@cosup/core/runtime";
import { fileCheckpoints } from "./checkpoints/file_checkpoints.ts";
import { requireDeno } from "./oldest.ts";
import { openInput } from "./open.ts";
import { createTransport, type TransportOptions } from "./transport.ts";
import { transportFailure } from "./transport_error.ts";

const MiB = 1024 * 1024;

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiled once per process, and not before the first upload asks. */
function compileWasm(): Promise<WebAssembly.Module> {
  compiled ??= import("@cosup/core/wasm-bytes").then(({ wasmBytes }) => WebAssembly.compile(wasmBytes()));
  return compiled;
}

/** What Deno adds to a client's options. */
export type DenoRuntimeOptions = TransportOptions;

/** What Deno lends to core: HTTP, files and streams. */
export function createDenoRuntime(options: DenoRuntimeOptions = {}): Runtime {
  requireDeno();
  const transport = createTransport(options);
  return {
    name: "deno",
    get wasm(): Promise<WebAssembly.Module> {
      return compileWasm();
    },
    defaults: { partSize: 8 * MiB, concurrency: 5, memoryBudget: 64 * MiB },
    takesResizable: true,
    send: transport.send,
    pacesBodies: true,
    open: openInput,
    holdNodeStream,
    contentTypeOf,
    checkpointStore: fileCheckpoints,
    transportError: transportFailure,
    permanentFailure,
    diagnostics: diagnosticsOf(channel),
    close: transport.close,
  };
}
