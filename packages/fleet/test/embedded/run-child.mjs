// Runs a manifest, to its end or until it is killed: node run-child.mjs OPTIONS, as JSON. Prints the result.
import { createReadStream } from "node:fs";
import { runManifest } from "@cosup/fleet/embedded";
import { createCos } from "@cosup/node";

const { client, manifest, ...options } = JSON.parse(process.argv[2] ?? "{}");
const cos = createCos(client);
const result = await runManifest({ ...options, cos, manifest: createReadStream(manifest) });
await cos.close();
console.log(JSON.stringify(result));
