// The same measurement as a Worker. Its WASM modules are static imports, because workerd compiles nothing at run time.
import core from "./cosup.wasm";
import hashWasm from "./hash-wasm.wasm";
import { measureCrc64 } from "./measure.mjs";
import slicing16 from "./slicing16.wasm";
import { hashWasmModuleSubject, inPlaceSubject } from "./subjects.mjs";

const makers = {
  ours: () => inPlaceSubject(core),
  slicing16: () => inPlaceSubject(slicing16),
  "hash-wasm": () => hashWasmModuleSubject(hashWasm),
};

// biome-ignore lint/style/noDefaultExport: a Worker is the default export of its module
export default {
  /** @param {Request} request */
  async fetch(request) {
    const { subject, sizes, durationMs } = /** @type {any} */ (await request.json());
    const made = await makers[/** @type {keyof typeof makers} */ (subject)]();
    return Response.json({ sizes: measureCrc64(made, sizes, durationMs) });
  },
};
