// A Worker with Node's modules.
import { streamModules } from "./fixtures/stream-modules.mjs";
import { workerOf } from "./worker.ts";

// biome-ignore lint/style/noDefaultExport: this is how workerd finds a Worker's handlers
export default workerOf(streamModules);
