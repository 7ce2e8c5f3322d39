// The GitHub Action: the commands of action.yml in a clean folder, as a runner starts them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../../../scripts/bootstrap.mjs";
import { run } from "../rig.mjs";

const PACKAGES = ["@cosup/core", "@cosup/node", "@cosup/emulator", "cosup"];
const NAMES = ["index.html", "a`b|<b>.txt", "old.txt"];

export const rows = [
  {
    name: "the GitHub Action syncs a folder and writes a summary",
    run: async (rig) => {
      const home = rig.elsewhere("action");
      const site = join(home, "site");
      mkdirSync(site);
      for (const name of NAMES) writeFileSync(join(site, name), name);
      const inputs = {
        source: site,
        target: "cos://packages-1250000000/action/",
        "secret-id": "id",
        "secret-key": "key",
        endpoint: rig.endpoint,
        delete: "true",
        flags: "--cache-control=max-age=60\n--exclude=*.map\n",
        package: rig.tarballsOf(...PACKAGES).join(" "),
      };
      const first = await runAction(home, inputs);
      requireThat(first.outputs === "uploaded=3\nunchanged=0\ndeleted=0\nbytes=28\n", first.outputs);
      requireThat(first.summary.includes("| 3 | 28 | 0 | 0 | 0 |"), first.summary);
      requireThat(first.summary.includes("a&#96;b&#124;&#60;b&#62;.txt"), first.summary);
      rmSync(join(site, "old.txt"));
      const second = await runAction(home, inputs);
      requireThat(second.outputs === "uploaded=0\nunchanged=2\ndeleted=1\nbytes=0\n", second.outputs);
      const refused = await runAction(home, { ...inputs, "secret-key": "wrong" }).catch(
        ({ message }) => message,
      );
      requireThat(/error: .*SignatureDoesNotMatch/.test(refused), `a wrong key: ${JSON.stringify(refused)}`);
      requireThat(!JSON.stringify([first, second, refused]).includes("secret-key"), "the secret is printed");
    },
  },
];

/** Runs the steps one after another, with the environment that a runner gives them. */
async function runAction(home, given) {
  const action = parse(readFileSync(`${root}action.yml`, "utf8"));
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: usual = "" }]) => [name, given[name] ?? usual]),
  );
  const files = { GITHUB_STEP_SUMMARY: join(home, "summary.md"), GITHUB_OUTPUT: join(home, "outputs") };
  for (const path of Object.values(files)) writeFileSync(path, "");
  const runner = { ...files, RUNNER_TEMP: home, GITHUB_ACTION_PATH: root };
  let printed = "";
  for (const { run: command, env = {} } of action.runs.steps) {
    const own = Object.entries(env).map(([name, value]) => [name, withInputs(value, inputs)]);
    printed += await run("bash", ["-eo", "pipefail", "-c", command], {
      cwd: home,
      env: { ...runner, ...Object.fromEntries(own) },
    });
  }
  const [summary, outputs] = Object.values(files).map((path) => readFileSync(path, "utf8"));
  return { printed, summary, outputs };
}

function withInputs(text, inputs) {
  return text.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name) => inputs[name]);
}

function requireThat(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
