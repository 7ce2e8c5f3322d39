// node bench/one-upload/measure.mjs: what one upload of 21 MiB takes of memory in each runtime, and what is left of it
// afterwards. Writes the table of docs/wasm-memory.md. Linux only.
import { writeFile } from "node:fs/promises";
import { binaries } from "../../tools/runtimes/install.mjs";
import { runFresh } from "../harness/child-process.mjs";
import { replaceBetweenMarkers } from "../harness/documents.mjs";
import { cacheFolder, repository, tlsFolder } from "../harness/paths.mjs";
import { DENO_ENVIRONMENT } from "../harness/runtimes.mjs";
import { trustingSink, withSink } from "../harness/sink-process.mjs";
import { randomFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";

const ROUNDS = 11;
const node = `${repository}packages/node/dist/index.js`;
const RUNTIMES = [
  { name: "Node 20", command: [process.execPath], module: node },
  { name: "Node 26", command: [binaries.node26], module: node },
  {
    name: "Deno",
    command: [binaries.deno, "run", "--allow-all", "--quiet"],
    module: `${repository}packages/deno/mod.ts`,
  },
  { name: "Bun", command: [binaries.bun], module: node },
];

const source = await randomFile(21 * MiB);
const small = `${cacheFolder}small.bin`;
await writeFile(small, new Uint8Array(16 * 1024));
const environment = { ...trustingSink, DENO_CERT: `${tlsFolder}ca.pem`, ...DENO_ENVIRONMENT };

const rows = await withSink(async (sink) => {
  const lines = [];
  for (const { name, command, module } of RUNTIMES) {
    for (const origin of [sink.origin, sink.secureOrigin]) {
      const found = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const options = { module, origin, path: source.path, small, restMs: 500 };
        found.push(await runFresh(command, "one-upload/client.mjs", options, environment));
        await verifyUploads(sink);
      }
      /** @param {(one: any) => number} of */
      const median = (of) =>
        `${(found.map(of).sort((one, other) => one - other)[ROUNDS >> 1] ?? 0).toFixed(1)}`;
      const cells = [
        name,
        new URL(origin).protocol.slice(0, -1),
        median(({ first, fresh }) => first - fresh),
        median(({ files }) => files),
        median(({ first, used }) => first - used),
        median(({ rest, used }) => rest - used),
        median(({ second, rest }) => second - rest),
      ];
      lines.push(`| ${cells.join(" | ")} |`);
      console.log(lines.at(-1));
    }
  }
  return lines;
});

const head =
  "| runtime | by | over a process that has sent nothing | of it pages of files | over one that has sent 16 KiB | kept afterwards | a second upload adds |";
await replaceBetweenMarkers(
  "docs/wasm-memory.md",
  [head, "|---|---|---|---|---|---|---|", ...rows].join("\n"),
  "one-upload",
);

/** @param {import("../harness/sink-process.mjs").Sink} sink */
async function verifyUploads(sink) {
  const stored = (await sink.take()).filter(({ key }) => key !== "small.bin");
  if (stored.length !== 2 || stored.some(({ crc64 }) => crc64 !== source.crc64))
    throw new Error("wrong bytes arrived");
}
