// What `npm install @cosup/node` puts on a disk.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { installWithNpm } from "../rig.mjs";

const MOST_BYTES = 3_000_000;
const MOST_PACKAGES = 3;

export const rows = [
  {
    name: `@cosup/node installs at most ${MOST_PACKAGES} packages and ${MOST_BYTES / 1e6} MB`,
    short: true,
    run: async (rig) => {
      const folder = rig.elsewhere("size");
      await installWithNpm(folder, rig.tarballsOf("@cosup/core", "@cosup/node"));
      const modules = join(folder, "node_modules");
      const packages = readdirSync(modules)
        .filter((name) => !name.startsWith("."))
        .flatMap((name) => (name.startsWith("@") ? readdirSync(join(modules, name)) : [name]));
      const bytes = sizeOf(modules);
      if (packages.length > MOST_PACKAGES || bytes > MOST_BYTES)
        throw new Error(`${packages.length} packages (${packages}), ${bytes} bytes`);
      return `${packages.length} packages, ${(bytes / 1e6).toFixed(2)} MB`;
    },
  },
];

function sizeOf(path) {
  const state = statSync(path);
  if (!state.isDirectory()) return state.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
