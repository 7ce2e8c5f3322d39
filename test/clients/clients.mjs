// Official clients that are run from checkouts of their sources. Each takes the emulator as its HTTP proxy, so it sends
// real host names. Each does the same things: upload, list, download, copy, delete, presign.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const REGION = "ap-guangzhou";
const HOST = `cos.${REGION}.myqcloud.com`;
const LARGE = Buffer.from(Array.from({ length: 3 << 20 }, (_, index) => (index * 31 + (index >> 12)) & 0xff));

/**
 * @typedef {object} Place what a client is run with
 * @property {string} checkout the folder with the checkouts
 * @property {string} directory a folder of the client's own
 * @property {string} bucket
 * @property {{ secretId: string, secretKey: string }} keys
 * @property {(command: string, args: readonly string[], env?: Record<string, string>, cwd?: string) => Promise<string>}
 * run resolves with the output; rejects if the status is not 0
 */

/**
 * @typedef {object} Client
 * @property {string} name also the name of its checkout
 * @property {string} toolchain the program that runs or builds it
 * @property {readonly string[]} sources the checkouts that it needs
 * @property {(place: Place) => Promise<unknown>} prepare rejects if the client cannot be run here
 * @property {(place: Place) => Promise<unknown>} use rejects if the client and the emulator disagree
 */

const { env } = process;
const python = env.PYTHON ?? "python3";

/** @type {readonly Client[]} */
export const CLIENTS = [
  {
    name: "cos-python-sdk-v5",
    toolchain: python,
    sources: ["cos-python-sdk-v5"],
    prepare: (place) => place.run(python, ["-c", "import qcloud_cos"], pythonPath(place)),
    use: (place) =>
      place.run(python, [program("python-sdk.py")], { ...pythonPath(place), ...environment(place) }),
  },
  {
    name: "coscmd",
    toolchain: python,
    sources: ["coscmd", "cos-python-sdk-v5"],
    prepare: (place) => place.run(python, ["-c", "import coscmd.cos_cmd"], pythonPath(place)),
    use: useCoscmd,
  },
  {
    name: "cos-go-sdk-v5",
    toolchain: "go",
    sources: ["cos-go-sdk-v5"],
    async prepare(place) {
      const replace = `replace github.com/tencentyun/cos-go-sdk-v5 => ${join(place.checkout, "cos-go-sdk-v5")}`;
      const require = "require github.com/tencentyun/cos-go-sdk-v5 v0.0.0";
      writeFileSync(
        join(place.directory, "go.mod"),
        `module client\n\ngo 1.18\n\n${require}\n\n${replace}\n`,
      );
      writeFileSync(join(place.directory, "main.go"), readFileSync(program("go-sdk.go")));
      await place.run("go", ["mod", "tidy"]);
      await place.run("go", ["build", "-o", "client", "."]);
    },
    use: (place) => place.run(join(place.directory, "client"), [], environment(place)),
  },
  {
    name: "coscli",
    toolchain: "go",
    sources: ["coscli"],
    prepare: (place) =>
      place.run(
        "go",
        ["build", "-o", join(place.directory, "coscli"), "."],
        {},
        join(place.checkout, "coscli"),
      ),
    use: useCoscli,
  },
];

/** @param {Place} place */
async function useCoscmd(place) {
  const { directory, bucket, keys } = place;
  const config = ["--config_path", join(directory, "cos.conf"), "--log_path", join(directory, "cos.log")];
  /** @param {readonly string[]} args */
  const coscmd = (...args) =>
    place.run(
      python,
      ["-c", "import coscmd.cos_cmd as c; import sys; sys.exit(c._main())", ...config, ...args],
      pythonPath(place),
    );
  await coscmd(
    "config",
    "-a",
    keys.secretId,
    "-s",
    keys.secretKey,
    "-b",
    bucket,
    "-e",
    HOST,
    "-p",
    "1",
    "--do-not-use-ssl",
  );
  const { large, down } = files(directory);
  await coscmd("upload", large, "coscmd/large");
  await coscmd("copy", `${bucket}.${HOST}/coscmd/large`, "coscmd/copy");
  same(await coscmd("list", "coscmd/"), /coscmd\/copy[\s\S]*coscmd\/large/);
  await coscmd("download", "-f", "coscmd/copy", down);
  equal(readFileSync(down));
  const url = /http:[^\s']+/.exec(await coscmd("signurl", "coscmd/large"))?.[0] ?? "";
  await fetchThroughProxy(place, url);
  await coscmd("delete", "-f", "coscmd/large");
  await coscmd("delete", "-r", "-f", "coscmd/");
}

/** @param {Place} place */
async function useCoscli(place) {
  const { directory, bucket, keys } = place;
  const options = [
    "--init-skip",
    "--protocol",
    "http",
    "-e",
    HOST,
    "-i",
    keys.secretId,
    "-k",
    keys.secretKey,
  ];
  /** @param {readonly string[]} args */
  const coscli = (...args) => place.run(join(directory, "coscli"), [...args, ...options]);
  const { large, down } = files(directory);
  await coscli("cp", large, `cos://${bucket}/coscli/large`, "--part-size", "1");
  await coscli("cp", `cos://${bucket}/coscli/large`, `cos://${bucket}/coscli/copy`);
  same(await coscli("ls", `cos://${bucket}/coscli/`), /coscli\/copy[\s\S]*coscli\/large/);
  await coscli("cp", `cos://${bucket}/coscli/copy`, down);
  equal(readFileSync(down));
  const url = /http:[^\s']+/.exec(await coscli("signurl", `cos://${bucket}/coscli/large`))?.[0] ?? "";
  await fetchThroughProxy(place, url);
  await coscli("rm", `cos://${bucket}/coscli/`, "-r", "-f");
}

/** @param {string} name */
function program(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** @param {Place} place */
function pythonPath({ checkout }) {
  const paths = [join(checkout, "coscmd"), join(checkout, "cos-python-sdk-v5"), env.PYTHONPATH ?? ""];
  return { PYTHONPATH: paths.filter(Boolean).join(":") };
}

/** @param {Place} place */
function environment({ bucket, keys }) {
  return {
    COS_BUCKET: bucket,
    COS_REGION: REGION,
    COS_SECRET_ID: keys.secretId,
    COS_SECRET_KEY: keys.secretKey,
  };
}

/** @param {string} directory */
function files(directory) {
  const large = join(directory, "large.bin");
  writeFileSync(large, LARGE);
  return { large, down: join(directory, "down.bin") };
}

/** Node's fetch has no proxy; the URL's host goes into the Host header. @param {Place} place @param {string} url */
async function fetchThroughProxy(place, url) {
  const digest = await place.run(process.execPath, [program("fetch-through-proxy.mjs"), url]);
  if (digest.trim() !== createHash("md5").update(LARGE).digest("hex")) throw new Error(`${url}: ${digest}`);
}

/** @param {Buffer} bytes */
function equal(bytes) {
  if (!bytes.equals(LARGE)) throw new Error("what was downloaded differs");
}

/** @param {string} text @param {RegExp} pattern */
function same(text, pattern) {
  if (!pattern.test(text)) throw new Error(`${pattern} does not match:\n${text}`);
}
