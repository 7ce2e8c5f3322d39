import { channel } from "node:diagnostics_channel";
import { contentTypeOf } from "@cosup/core/content-types";
import { diagnosticsOf, holdNodeStream, permanentFailure, type Runtime } from "@cosup/core/runtime";
import { wasmHex } from "@cosup/core/wasm-bytes";
import { fileCheckpoints } from "./checkpoints/file-checkpoints.ts";
import { openInput } from "./open.ts";
import { createSha1 } from "./sha1.ts";
import { type ThreadOptions, withThreads } from "./threads-option.ts";
import { createTransport, type TransportOptions } from "./transport.ts";
import { transportFailure } from "./transport-error.ts";

const MiB = 1024 * 1024;

let compiled: WebAssembly.Module | undefined;

/** Compiled once per process, and not before the first upload asks. On the spot: 10 KB take less than a thread's hop. */
function compileWasm(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(wasmHex, "hex"));
  return compiled;
}

export type NodeRuntimeOptions = TransportOptions & ThreadOptions;

/**
 * What Node lends to core: undici's connections, files and streams.
 *
 * @example
 * const runtime = createNodeRuntime({ proxy: "http://proxy.example:3128" });
 */
export function createNodeRuntime(options: NodeRuntimeOptions = {}): Runtime {
  const transport = createTransport(options);
  return {
    name: "node",
    get wasm() {
      return compileWasm();
    },
    defaults: { partSize: 8 * MiB, concurrency: 5, memoryBudget: 64 * MiB },
    takesResizable: true,
    sha1: createSha1(),
    pacesBodies: true,
    // A caller's dispatcher may send a request again by itself; Bun's sockets do not tell what they have written.
    sendsBlocks: !options.dispatcher && process.versions.bun === undefined,
    open: openInput,
    holdNodeStream,
    contentTypeOf,
    checkpointStore: fileCheckpoints,
    transportError: transportFailure,
    permanentFailure,
    warnOfConnection: transport.warnOfConnection,
    diagnostics: diagnosticsOf(channel),
    ...withThreads(transport, options),
  };
}
