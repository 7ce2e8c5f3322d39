// CPU of one digest over 1 GiB in chunks of 64 KiB, as they come from a socket: `digest-cost.mjs md5|crc64`. Prints seconds.
import { createHash, randomFillSync } from "node:crypto";
import { createCRC64 } from "hash-wasm";

const chunks = Array.from({ length: 128 }, () => randomFillSync(Buffer.allocUnsafe(64 * 1024)));
const digest = process.argv[2] === "md5" ? createHash("md5") : (await createCRC64()).init();
const before = process.cpuUsage();
for (let round = 0; round < 128; round += 1) for (const chunk of chunks) digest.update(chunk);
digest.digest("hex");
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e6);
