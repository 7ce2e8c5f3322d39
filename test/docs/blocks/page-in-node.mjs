// Runs the programs of one page, one after the other, in this process: `page-in-node.mjs FILE…`. Between their outputs stand
// lines that begin with a record separator.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";

// As NODE_USE_ENV_PROXY=1 does in later versions of Node: `fetch` reaches only what the sandbox has.
setGlobalDispatcher(new EnvHttpProxyAgent());

const { COS_REGION: Region, COS_SECRET_ID: SecretId, COS_SECRET_KEY: SecretKey } = process.env;
let client;
let emulators = 0;
/** Options of an emulator with a data directory that nothing else uses. */
function options() {
  emulators += 1;
  const data = join(process.env.HOME ?? "", `own-emulator-${emulators}`);
  return { data, buckets: ["demo-1250000000"], credentials: [{ secretId: "ID", secretKey: "KEY" }] };
}
// The names of globals.d.ts.
const place = { Bucket: "examplebucket-1250000000", Key: "exampleobject" };
const emulator = await startEmulator({ ...options(), cors: true });
Object.assign(globalThis, { Region, SecretId, SecretKey, ...place, emulator });
Object.defineProperty(globalThis, "options", { get: options });
Object.defineProperty(globalThis, "cos", {
  get() {
    client ??= createCos({ Region, SecretId, SecretKey });
    return client;
  },
});

for (const file of process.argv.slice(2)) {
  process.stdout.write(`\n\u001e${file}\n`);
  process.stderr.write(`\n\u001e${file}\n`);
  await import(pathToFileURL(file).href);
}
process.exit(process.exitCode ?? 0);
