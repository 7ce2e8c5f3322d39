// npm run test:model [-- --bound large]: visits every state of the protocol model within its bounds. The program is
// test/model/main.ts.
import { run } from "./bootstrap.mjs";
import { bundleTest } from "./bundle-test.mjs";

const program = await bundleTest("test/model/main.ts");
run(process.execPath, ["--max-old-space-size=4096", program, ...process.argv.slice(2)]);
