// An emulator in a process that will be killed: `server-kills-child.mjs DATA BUCKET`.
import { startEmulator } from "../../packages/emulator/dist/index.js";

const [data, bucket] = process.argv.slice(2);
const fsync = process.env.COSUP_FSYNC === "1";
const options = { data, buckets: [bucket], anonymous: true, minPartSize: 1, fsync };
const { port } = await startEmulator(options);
process.send?.({ port });
process.on("disconnect", () => process.exit());
