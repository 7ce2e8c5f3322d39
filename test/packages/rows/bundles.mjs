// Bundles for servers run; bundles of a package for the wrong runtime fail with the name of the right one.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { forBrowsers, forServers, forWorkers } from "../bundlers.mjs";
import { copyProgram, run, runUser } from "../rig.mjs";

const forServer = Object.entries(forServers).map(([name, bundle]) => ({
  name: `a server's bundle by ${name}`,
  run: async (rig) => {
    const folder = rig.folder(`bundle by ${name}`);
    const entry = copyProgram("use.mjs", folder);
    // Where no package can be resolved: everything must be in the bundle.
    const out = await bundle(entry, join(rig.elsewhere(`bundle by ${name}`), "out.mjs"));
    rmSync(entry);
    await runUser(process.execPath, [out, rig.endpoint]);
  },
}));

const refused = Object.entries({ browser: forBrowsers, Worker: forWorkers }).flatMap(([runtime, bundlers]) =>
  Object.entries(bundlers).map(([name, bundle]) => ({
    name: `a ${runtime}'s bundle of @cosup/node by ${name} names the right package`,
    run: async (rig) => {
      const entry = copyProgram("use.mjs", rig.folder(`for a ${runtime} by ${name}`));
      const reason = await bundle(entry, join(rig.elsewhere(`for a ${runtime} by ${name}`), "out.mjs")).then(
        () => "no error",
        (error) => String(error.message),
      );
      if (
        !/@cosup\/node runs in Node and Bun: use @cosup\/browser in a browser, @cosup\/workers/.test(reason)
      )
        throw new Error(reason);
    },
  })),
);

const imported = {
  name: "@cosup/deno in Node names the right package",
  short: true,
  run: async (rig) => {
    const text = `import { createCos } from "@cosup/deno"; createCos({ Region: "r", SecretId: "i", SecretKey: "k" });`;
    const words = ["--input-type=module", "-e", text];
    const reason = await run(process.execPath, words, { cwd: rig.project }).catch((error) => error.message);
    if (!/@cosup\/deno runs in Deno: use @cosup\/node in Node/.test(reason)) throw new Error(reason);
  },
};

export const rows = [...forServer, ...refused, imported];
