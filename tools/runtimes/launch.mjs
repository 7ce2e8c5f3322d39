// How each runtime runs the contract suite: `launch(settings)` resolves with one verdict per case.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundleForBun, bundleForNode, bundleForWorkerd, bundles } from "./bundle.mjs";
import { launchChromium } from "./chromium.mjs";
import { binaries } from "./install.mjs";
import { CHROMIUM } from "./start-chromium.mjs";
import { readTap } from "./tap.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A file of the test's certificates. @param {string} name */
const pem = (name) => `${root}test/fixtures/tls/${name}.pem`;
/** Before 2026-08-04 nodejs_compat is off by default, so that the flags decide. */
const COMPATIBILITY_DATE = "2026-08-01";
const NODE_BY_DEFAULT = "2026-08-04";
const MATRIX_DATES = ["2026-04-01", "2026-08-03", NODE_BY_DEFAULT, "2026-11-17"];
/** What a Worker without Node's modules lacks: the cases that need it are absent. */
const WITHOUT_NODE = [
  "node:stream",
  "readable-stream 2",
  "readable-stream 3",
  "readable-stream 4",
  "streamx",
  "files",
];

/** The runtimes by the names of their reports. */
export const runtimes = {
  node20: { launch: (settings) => launchNode(process.execPath, settings) },
  // Over HTTPS, as everybody does but tests.
  "node20-tls": {
    launch: (settings) => launchNode(process.execPath, settings, { NODE_EXTRA_CA_CERTS: pem("ca") }),
    emulator: {
      tls: { key: readFileSync(pem("key"), "utf8"), cert: readFileSync(pem("localhost"), "utf8") },
    },
  },
  node24: { binary: binaries.node24, launch: (settings) => launchNode(binaries.node24, settings) },
  deno: { binary: binaries.deno, launch: launchDeno },
  workerd: workerdOf(COMPATIBILITY_DATE, false),
  "workerd-nodejs-compat": workerdOf(COMPATIBILITY_DATE, true),
  bun: { binary: binaries.bun, launch: launchBun },
  chromium: {
    binary: CHROMIUM,
    launch: launchChromium,
    // A page of another origin than COS.
    emulator: { cors: true },
    lacks: [
      "node:stream",
      "readable-stream 2",
      "readable-stream 3",
      "readable-stream 4",
      "streamx",
      "encoded bodies",
      "a HEAD response without a body",
      "files",
    ],
  },
};

/** What `npm run test:matrix` has besides. @type {typeof runtimes} */
export const matrix = {
  node22: { binary: binaries.node22, launch: (settings) => launchNode(binaries.node22, settings) },
  node26: { binary: binaries.node26, launch: (settings) => launchNode(binaries.node26, settings) },
  ...Object.fromEntries(
    MATRIX_DATES.flatMap((date) => [
      [`workerd ${date}`, workerdOf(date, false)],
      [`workerd ${date} nodejs_compat`, workerdOf(date, true)],
    ]),
  ),
};

/** @param {string} date the compatibility date @param {boolean} hasNode whether the Worker has Node's modules */
function workerdOf(date, hasNode) {
  const isDefault = date >= NODE_BY_DEFAULT;
  const flag = hasNode ? "nodejs_compat" : "no_nodejs_compat";
  return {
    binary: binaries.workerd,
    launch: (settings) =>
      launchWorkerd(settings, { date, hasNode, flags: hasNode === isDefault ? [] : [flag] }),
    lacks: hasNode ? ["files"] : WITHOUT_NODE,
  };
}

async function launchNode(binary, settings, more = {}) {
  await bundleForNode();
  const env = { ...process.env, ...more };
  return readLines(await output(binary, [`${bundles}run-node.mjs`, JSON.stringify(settings)], { env }));
}

async function launchBun(settings) {
  await bundleForBun();
  return readLines(await output(binaries.bun, [`${bundles}run-bun.mjs`, JSON.stringify(settings)]));
}

/** Runs from source, as JSR publishes it. */
async function launchDeno(settings) {
  const args = [
    "test",
    "--no-check",
    "--no-prompt",
    "--reporter=tap",
    "--allow-net=127.0.0.1",
    // What downloads need of it, and no more.
    `--allow-read=${settings.folder}`,
    `--allow-write=${settings.folder}`,
    // Packages of streams read it when they are loaded.
    "--allow-env=READABLE_STREAM,NODE_DEBUG",
    "test/contract/run-deno.ts",
    "--",
    JSON.stringify(settings),
  ];
  const env = {
    ...process.env,
    DENO_NO_UPDATE_CHECK: "1",
    DENO_DIR: `${root}.cache/deno`,
    NO_COLOR: "1",
  };
  return readTap(await output(binaries.deno, args, { env }));
}

async function launchWorkerd(settings, { date, hasNode, flags }) {
  const folder = await bundleForWorkerd(hasNode);
  const config = `${folder}/${[date, ...flags].join("-")}.capnp`;
  writeFileSync(config, workerdConfig(date, flags));
  // Its control messages contain the port.
  const child = spawn(binaries.workerd, ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  showOutput(child.stdout);
  const ended = new Promise((_resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => reject(new Error(`workerd ended with ${code ?? signal}`)));
  });
  ended.catch(() => {});
  try {
    const port = await Promise.race([portOf(child.stdio[3]), ended]);
    const results = fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(settings) });
    return readLines(await Promise.race([results.then((response) => response.text()), ended]));
  } finally {
    child.kill();
  }
}

/**
 * Prints the output of a Worker without the debug lines of readable-stream: in workerd, `util.debuglog` is always on
 * (findings/workerd-debuglog-on.sh). A line that ends with `[` is the begin of an array, which a lone `]` ends.
 */
async function showOutput(stdout) {
  let inArray = false;
  for await (const line of createInterface({ input: stdout })) {
    if (inArray) inArray = line !== "]";
    else if (line.startsWith("STREAM: ")) inArray = line.endsWith("[");
    else if (line !== "") console.log(line);
  }
}

function workerdConfig(date, flags) {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "suite", worker = .suite),
    (name = "internet", network = (allow = ["private", "public"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "suite")],
);
const suite :Workerd.Worker = (
  modules = [
    (name = "run-workerd.mjs", esModule = embed "run-workerd.mjs"),
    (name = "cosup.wasm", wasm = embed "cosup.wasm"),
  ],
  compatibilityDate = "${date}",
  compatibilityFlags = [${flags.map((flag) => JSON.stringify(flag)).join(", ")}],
  globalOutbound = "internet",
);
`;
}

async function portOf(control) {
  let text = "";
  for await (const chunk of control) {
    text += chunk;
    for (const line of text.split("\n").slice(0, -1)) {
      const message = JSON.parse(line);
      if (message.event === "listen") return message.port;
    }
  }
  throw new Error("workerd said no port");
}

/** The output of a program, whether it succeeds or not: the verdicts contain the failures. */
function output(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"], ...options });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
}

/** Parses one JSON document per line. Other lines, which the runtime printed, are shown. */
function readLines(text) {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line)];
    } catch {
      console.error(line);
      return [];
    }
  });
}
