import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withFields, withoutProfile } from "../../src/config/edit-config.ts";
import { saveConfig } from "../../src/config/save-config.ts";

const TEXT = `# keys of the team
[profile.work] # the main one
region = "ap-x" # near
exclude = ["a", "b"]

# not used any more
[profile."old one"]
region = "ap-y"
`;

describe("withFields", () => {
  const edit = (text: string, profile: string, changes: object): Promise<string> =>
    withFields(text, profile, { ...changes }, "c.toml");

  it("changes, adds and removes lines, and nothing else", async () => {
    expect(await edit(TEXT, "work", { region: "ap-z", part_size: 8, exclude: undefined })).toBe(
      TEXT.replace(`region = "ap-x" # near\nexclude = ["a", "b"]`, `region = "ap-z"\npart_size = 8`),
    );
    expect(await edit(TEXT, "old one", { role: "r" })).toBe(`${TEXT}role = "r"\n`);
    expect(await edit(TEXT, "new", { json: true })).toBe(`${TEXT}\n[profile.new]\njson = true\n`);
    expect(await edit("", "new", { exclude: ["a", "b"] })).toBe(`[profile.new]\nexclude = [ "a", "b" ]\n`);
  });

  it("keeps CRLF, and writes what a secret may contain", async () => {
    const secret = `a"b\\c'd#e=[f]\u007f`;
    const text = await edit("[profile.a]\r\nregion = 'x'\r\n", "a", { secret_key: secret });
    expect(text).toMatch(/^\[profile.a\]\r\nregion = 'x'\r\nsecret_key = [^\n]+\r\n$/);
    expect(await edit(text, "a", { secret_key: secret })).toBe(text);
  });

  it.each([
    ["an inline table", `profile = { a = { region = "x" } }\n`],
    ["dotted names", `profile.a.region = "x"\n`],
    ["a list over several lines", `[profile.a]\nregion = [\n"x",\n]\n`],
    ["a heading in a text", `[profile.b]\nregion = """\n[profile.a]\n"""\n[profile.a]\nregion = "x"\n`],
  ])("refuses %s rather than break it", async (_what, text) => {
    await expect(edit(text, "a", { region: "y" })).rejects.toThrow(/edit it by hand/);
  });
});

it("withoutProfile removes a profile, and nothing else", async () => {
  expect(await withoutProfile(TEXT, "old one", "c.toml")).toBe(TEXT.slice(0, TEXT.indexOf(`[profile."old`)));
  await expect(withoutProfile(`profile = { a = { region = "x" } }\n`, "a", "c.toml")).rejects.toThrow(
    /by hand/,
  );
});

describe("saveConfig", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosup-config-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("makes the folder, for its owner alone, and leaves nothing beside the file", async () => {
    const path = join(folder, "new/below/config.toml");
    await saveConfig(path, undefined, "a");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "new/below"))).mode & 0o777).toBe(0o700);
    await chmod(path, 0o644);
    await saveConfig(path, "a", "b");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "new/below"))).toEqual(["config.toml"]);
  });

  it("keeps a symbolic link", async () => {
    await writeFile(join(folder, "real.toml"), "a");
    await symlink("real.toml", join(folder, "link.toml"));
    await saveConfig(join(folder, "link.toml"), "a", "b");
    expect(await readFile(join(folder, "real.toml"), "utf8")).toBe("b");
    expect(await readdir(folder, { withFileTypes: true })).toContainEqual(
      expect.objectContaining({ name: "link.toml" }),
    );
  });

  it("refuses to write over a change of somebody else, and where it cannot", async () => {
    const path = join(folder, "raced.toml");
    await writeFile(path, "theirs");
    await expect(saveConfig(path, "what was read", "ours")).rejects.toThrow(/changed meanwhile/);
    expect(await readFile(path, "utf8")).toBe("theirs");
    await expect(saveConfig(join(path, "below"), undefined, "x")).rejects.toThrow(/cannot be written \(E/);
    await expect(saveConfig("/dev/null", "", "x")).rejects.toThrow(/keeps nothing/);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
