// The CLI as one file, in a folder with nothing else and without Node on its path.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/bootstrap.mjs";
import { run } from "../rig.mjs";

const BUCKET = "cos://packages-1250000000";

export const rows = [
  {
    name: "the single executable uploads, syncs, downloads and checks",
    run: async (rig) => {
      const home = rig.elsewhere("executable");
      const program = join(home, "bin", "cosup");
      const made = await run(process.execPath, [`${root}scripts/executable.mjs`, "--out", program]);
      mkdirSync(join(home, "site", "a"), { recursive: true });
      writeFileSync(join(home, "site", "a", "page.html"), "<p>");
      writeFileSync(join(home, "big.bin"), Buffer.alloc(25_000_000, "big"));
      const env = {
        PATH: "/nowhere",
        HOME: home,
        COS_ENDPOINT: rig.endpoint,
        COS_SECRET_ID: "id",
        COS_SECRET_KEY: "key",
      };
      const cosup = (...words) => run(program, words, { cwd: home, env });
      requireThat(/\b24 parts sent/, await cosup("cp", "big.bin", `${BUCKET}/x/`));
      requireThat(/1 same/, await cosup("check", "big.bin", `${BUCKET}/x/big.bin`));
      requireThat(/1 file uploaded/, await cosup("sync", "site", `${BUCKET}/x/site/`));
      requireThat(/1 unchanged/, await cosup("sync", "site", `${BUCKET}/x/site/`));
      await cosup("cp", `${BUCKET}/x/big.bin`, "back.bin");
      if (!readFileSync(join(home, "back.bin")).equals(readFileSync(join(home, "big.bin"))))
        throw new Error("other bytes came back");
      const missing = await cosup("cp", "nothing", `${BUCKET}/x/`).catch(({ cause }) => cause.code);
      if (missing !== 4) throw new Error(`a missing file: exit code ${missing}`);
      return made.trim().split(": ").at(-1);
    },
  },
];

function requireThat(pattern, printed) {
  if (!pattern.test(printed)) throw new Error(printed);
}
