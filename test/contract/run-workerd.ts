// A Worker without Node's modules.
import { webModules } from "./fixtures/web-modules.mjs";
import { workerOf } from "./worker.ts";

// biome-ignore lint/style/noDefaultExport: this is how workerd finds a Worker's handlers
export default workerOf(webModules);
