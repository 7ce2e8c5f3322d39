import { openInput } from "../../packages/deno/open.ts";
import { assert, temporaryDirectory, test } from "./rig.ts";
import { walked } from "./walked.ts";

/** A folder whose `sub` can be exchanged with a link to another directory, and back. */
async function exchangeable(path: string): Promise<{ root: string; exchange(): void; restore(): void }> {
  const [root, outside] = [`${path}/root`, `${path}/outside`];
  await Deno.mkdir(`${root}/sub`, { recursive: true });
  await Deno.mkdir(outside);
  await Deno.writeTextFile(`${root}/sub/file`, "content");
  for (const name of ["file", "private"]) await Deno.writeTextFile(`${outside}/${name}`, "secret!");
  await Deno.symlink(outside, `${path}/link`);
  return {
    root,
    exchange: () => {
      Deno.renameSync(`${root}/sub`, `${path}/kept`);
      Deno.renameSync(`${path}/link`, `${root}/sub`);
    },
    restore: () => {
      Deno.renameSync(`${root}/sub`, `${path}/link`);
      Deno.renameSync(`${path}/kept`, `${root}/sub`);
    },
  };
}

test(
  "a folder that is exchanged with a link, and back around each look at a path, leads nowhere",
  async () => {
    await using directory = await temporaryDirectory();
    const { root, exchange, restore } = await exchangeable(directory.path);
    const { realPath } = Deno;
    exchange();
    Deno.realPath = async (path) => {
      restore();
      const real = await realPath(path);
      exchange();
      return real;
    };
    try {
      const opening = openInput({ path: `${root}/sub/file`, refuseSymlinks: true });
      await assert.rejects(opening, { code: "source-unreadable", message: /outside\/file/ });
    } finally {
      Deno.realPath = realPath;
    }
  },
  Deno.build.os !== "linux",
);

test(
  "a folder that is exchanged with a link while its names are read does not give the link's",
  async () => {
    await using directory = await temporaryDirectory();
    const { root, exchange, restore } = await exchangeable(directory.path);
    const { readDir } = Deno;
    let calls = 0;
    Deno.readDir = (path) => {
      calls += 1;
      if (calls !== 2) return readDir(path);
      return (async function* () {
        exchange();
        const names = await Array.fromAsync(readDir(path));
        restore();
        yield* names;
      })();
    };
    try {
      assert.deepEqual(await walked(root), ["sub/file"]);
    } finally {
      Deno.readDir = readDir;
    }
  },
  Deno.build.os !== "linux",
);
