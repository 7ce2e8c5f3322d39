// What `cosup --json` prints is what docs/schema/cosup-json.schema.json says.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../../scripts/bootstrap.mjs";
import { run, tools } from "../rig.mjs";

const BUCKET = "cos://packages-1250000000";
const SCHEMA = `${root}docs/schema/cosup-json.schema.json`;

export const rows = [
  {
    name: "every line of cosup --json is valid by its schema",
    short: true,
    run: async (rig) => {
      const valid = compileSchema();
      const lines = await linesOfCommands(rig);
      for (const line of lines) {
        if (!valid(line)) throw new Error(`${JSON.stringify(line)}\n${JSON.stringify(valid.errors)}`);
      }
      const types = [...new Set(lines.map(({ type }) => type))].sort();
      const known = [
        "aborted",
        "checked",
        "deleted",
        "error",
        "finding",
        "folder",
        "hash",
        "listed",
        "object",
        "progress",
        "stat",
        "summary",
        "upload",
      ];
      known.push("url", "usage", "version", "warning");
      const missing = known.filter((type) => type !== "warning" && !types.includes(type));
      if (missing.length > 0) throw new Error(`no line of type ${missing.map(String)} was seen`);
      // The schema can refuse: an unknown type, and a line without what it must have.
      for (const wrong of [{ type: "other" }, { type: "error", message: "no code" }, { size: 1 }]) {
        if (valid(wrong)) throw new Error(`${JSON.stringify(wrong)} is valid`);
      }
      return `${lines.length} lines`;
    },
  },
];

/** Users are to skip properties that they do not know; this test is to find those that the schema does not have. */
function compileSchema() {
  const { default: Ajv2020 } = createRequire(`${tools}package.json`)("ajv/dist/2020.js");
  const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));
  for (const each of Object.values(schema.$defs)) if (each.properties) each.additionalProperties = false;
  // `not: { required: [type] }` names a property that is deliberately not declared.
  return new Ajv2020({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true }).compile(
    schema,
  );
}

/** Lines of commands that succeed and fail. */
async function linesOfCommands(rig) {
  const folder = rig.folder("json");
  writeFileSync(join(folder, "large.bin"), new Uint8Array(22 * 1024 * 1024).fill(5));
  writeFileSync(join(folder, "small.txt"), "a text");
  const cosup = (...words) => runCosup(rig, folder, words);
  const client = await clientOf(rig);
  const pending = { Bucket: "packages-1250000000", Key: "pending" };
  const { UploadId } = await client.createMultipartUpload(pending);
  await client.close();
  return [
    ...(await cosup("cp", "large.bin", `${BUCKET}/json/large.bin`)),
    ...(await cosup("cp", "-r", ".", `${BUCKET}/json/`, "--dry-run")),
    ...(await cosup("cp", "missing.bin", `${BUCKET}/json/missing`)),
    ...(await cosup("stat", `${BUCKET}/json/large.bin`)),
    ...(await cosup("stat", `${BUCKET}/json/none`)),
    ...(await cosup("ls", `${BUCKET}/`)),
    ...(await cosup("ls", "-r", `${BUCKET}/json/`)),
    ...(await cosup("du", BUCKET, "--depth", "1")),
    ...(await cosup("cp", `${BUCKET}/json/large.bin`, "down.bin")),
    ...(await cosup("cp", `${BUCKET}/json/large.bin`, `${BUCKET}/json/copy.bin`)),
    ...(await cosup("presign", `${BUCKET}/json/large.bin`)),
    ...(await cosup("rm", `${BUCKET}/json/copy.bin`)),
    ...(await cosup("uploads", "ls", `${BUCKET}/pending`)),
    ...(await cosup("uploads", "abort", `${BUCKET}/pending`, "--upload-id", UploadId)),
    ...(await cosup("hash", "small.txt")),
    ...(await cosup("doctor", BUCKET, "--write")),
    ...(await cosup("version")),
    ...(await cosup("check", ".", `${BUCKET}/json/`)),
    ...(await cosup("sync", ".", `${BUCKET}/sync/`)),
    ...(await cosup("sync", ".", `${BUCKET}/sync/`)),
    ...(await cosup("mv", `${BUCKET}/sync/small.txt`, `${BUCKET}/moved.txt`)),
    ...(await cosup("cp", "--wrong-flag")),
  ];
}

async function clientOf(rig) {
  const { createCos } = createRequire(join(rig.project, "package.json"))("@cosup/node");
  const account = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" };
  return createCos({ ...account, Endpoint: `${rig.endpoint}/{Bucket}` });
}

async function runCosup(rig, cwd, words) {
  const connects = !["hash", "version"].includes(words[0]);
  const endpoint = connects ? ["--region", "ap-guangzhou", "--endpoint", `${rig.endpoint}/{Bucket}`] : [];
  const env = { COS_SECRET_ID: "id", COS_SECRET_KEY: "key", COSUP_STATE_DIR: join(rig.home, "state") };
  const bin = join(rig.project, "node_modules/cosup/bin/cosup.js");
  const printed = await run(process.execPath, [bin, ...words, "--json", ...endpoint], { cwd, env }).catch(
    (error) => error.cause.stdout,
  );
  return printed
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}
