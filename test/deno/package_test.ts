import { fileURLToPath } from "node:url";
import { assert, Bucket, EMULATOR, ROOT, temporaryDirectory, test } from "./rig.ts";

const CORE = new URL("packages/core/", ROOT);
const DENO = new URL("packages/deno/", ROOT);

/** Runs Deno in a folder, all output in one text. */
async function deno(cwd: URL | string, args: readonly string[]): Promise<{ success: boolean; text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd,
    args: [...args],
  }).output();
  const decoder = new TextDecoder();
  return { success, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

test("@cosup/core can be published to JSR from source, the WASM bytes included", async () => {
  const { success, text } = await deno(CORE, ["publish", "--dry-run", "--allow-dirty"]);
  assert.ok(success, text);
  assert.match(text, /wasm-bytes\.generated\.ts/);
  assert.doesNotMatch(text, /\.test\.ts|\/dist\//);
});

test("@cosup/deno can be published to JSR from source", async () => {
  const { success, text } = await deno(DENO, ["publish", "--dry-run", "--allow-dirty"]);
  assert.ok(success, text);
  assert.match(text, /mod\.ts/);
  assert.doesNotMatch(text, /tsup|\/dist\//);
});

test("JSR and npm get the same versions", async () => {
  for (const folder of [CORE, DENO]) {
    const jsr = JSON.parse(await Deno.readTextFile(new URL("deno.json", folder)));
    const npm = JSON.parse(await Deno.readTextFile(new URL("package.json", folder)));
    assert.equal(jsr.version, npm.version);
    const known: Record<string, string> = { ...npm.dependencies, ...npm.devDependencies };
    const imports: [string, string][] = Object.entries(jsr.imports);
    for (const [name, target] of imports) assert.equal(target, `npm:${name}@${known[name]}`);
    const foreign = Object.keys(npm.dependencies ?? {}).filter((name) => !name.startsWith("@cosup/"));
    for (const name of foreign)
      assert.ok(
        imports.some(([mapped]) => mapped === name),
        `${name} is not in imports`,
      );
  }
});

test("every public name is documented and typed", async () => {
  const entries = [
    "index",
    "directory/index",
    "objects/index",
    "post/index",
    "streams/index",
    "upload-exports",
    "wasm-bytes.generated",
  ].map((name) => `src/${name}.ts`);
  const core = await deno(CORE, ["doc", "--lint", ...entries]);
  assert.ok(core.success, core.text);
  const adapter = await deno(DENO, ["doc", "--lint", "mod.ts", "objects.ts", "post.ts", "streams.ts"]);
  assert.ok(adapter.success, adapter.text);
});

/**
 * The modules of Node that the adapter may use, and where: HTTP costs a quarter of fetch's CPU time, and only Node's
 * files have a descriptor, by which the real path of an open file is found. Diagnostics channels exist there alone.
 */
const FROM_NODE =
  /^packages\/deno\/(http\/.*: node:https?|sources\/pinned\.ts: node:fs|runtime\.ts: node:diagnostics_channel)$/;

test("no module of the adapter or of core imports from Node, but for HTTP and descriptors", async () => {
  const { success, text } = await deno(DENO, ["info", "--json", "mod.ts"]);
  assert.ok(success, text);
  const { modules } = JSON.parse(text.slice(text.indexOf("{"))) as {
    modules: { specifier: string; dependencies?: { specifier: string }[] }[];
  };
  const ours = modules.filter(({ specifier }) => specifier.startsWith(new URL("packages/", ROOT).href));
  assert.ok(ours.length > 50);
  for (const { specifier, dependencies = [] } of ours) {
    for (const dependency of dependencies) {
      const arrow = `${specifier.slice(ROOT.href.length)}: ${dependency.specifier}`;
      assert.ok(!dependency.specifier.startsWith("node:") || FROM_NODE.test(arrow), arrow);
    }
  }
});

test("the npm package, as built, uploads from Deno", async () => {
  await using directory = await temporaryDirectory();
  const modules = `${directory.path}/node_modules`;
  await Deno.mkdir(`${modules}/@cosup`, { recursive: true });
  for (const [name, from] of [
    ["core", CORE],
    ["deno", DENO],
  ] as const) {
    await new Deno.Command("mkdir", { args: ["-p", `${modules}/@cosup/${name}`] }).output();
    await new Deno.Command("cp", {
      args: [
        "-r",
        fileURLToPath(new URL("dist", from)),
        fileURLToPath(new URL("package.json", from)),
        `${modules}/@cosup/${name}`,
      ],
    }).output();
  }
  await Deno.writeTextFile(
    `${directory.path}/package.json`,
    JSON.stringify({ type: "module", dependencies: { "@cosup/deno": "0.1.0" } }),
  );
  await Deno.writeTextFile(
    `${directory.path}/main.ts`,
    `import { createCos } from "@cosup/deno";
     import { listObjects } from "@cosup/deno/objects";
     const cos = createCos({ Endpoint: "${EMULATOR}", SecretId: "id", SecretKey: "key" });
     const LocalDirectoryPath = Deno.cwd() + "/files";
     const { uploaded } = await cos.uploadDirectory({ Bucket: "${Bucket}", Prefix: "npm/", LocalDirectoryPath });
     const { Contents } = await listObjects(cos, { Bucket: "${Bucket}", Prefix: "npm/" });
     console.log("uploaded", uploaded, Contents.map(({ Key }) => Key));
     await cos.close();`,
  );
  await Deno.mkdir(`${directory.path}/files`);
  await Deno.writeTextFile(`${directory.path}/files/a.txt`, "a");
  const { text } = await deno(directory.path, [
    "run",
    "--check",
    "--no-prompt",
    `--allow-net=${new URL(EMULATOR).host}`,
    `--allow-read=${directory.path}/files`,
    "main.ts",
  ]);
  assert.match(text, /uploaded 1 \[ "npm\/a.txt" \]/);
});
