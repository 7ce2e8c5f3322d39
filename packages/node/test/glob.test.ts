import { ArgumentTypeError } from "@cosup/core";
import { describe, expect, it } from "vitest";
import { matcher } from "../src/matcher.ts";

const PATHS = [
  "readme.md",
  "index.js",
  ".env",
  "src/index.js",
  "src/deep/index.js",
  "src/deep/.hidden/x.md",
  "node_modules/a/index.js",
  "src/node_modules/b.md",
  "logs/2024.log",
];

const chosen = async (options: Parameters<typeof matcher>[0]): Promise<string[]> => {
  const isWanted = await matcher(options);
  return PATHS.filter((path) => isWanted(path));
};

describe("include", () => {
  it("is everything when it is not given, or empty", async () => {
    expect(await chosen({})).toEqual(PATHS);
    expect(await chosen({ include: [] })).toEqual(PATHS);
  });

  it("matches the name at any depth when a pattern has no slash", async () => {
    expect(await chosen({ include: ["*.md"] })).toEqual([
      "readme.md",
      "src/deep/.hidden/x.md",
      "src/node_modules/b.md",
    ]);
    expect(await chosen({ include: "index.js" })).toHaveLength(4);
  });

  it("matches the whole path when it has one", async () => {
    expect(await chosen({ include: ["src/*.js"] })).toEqual(["src/index.js"]);
    expect(await chosen({ include: ["src/**/*.js"] })).toEqual(["src/index.js", "src/deep/index.js"]);
    expect(await chosen({ include: ["/readme.md"] })).toEqual(["readme.md"]);
    expect(await chosen({ include: ["./*.js"] })).toEqual(["index.js"]);
  });

  it("matches a folder with everything in it", async () => {
    expect(await chosen({ include: ["logs/"] })).toEqual(["logs/2024.log"]);
    expect(await chosen({ include: ["src/deep/**"] })).toEqual([
      "src/deep/index.js",
      "src/deep/.hidden/x.md",
    ]);
  });

  it("matches dot files, braces and several patterns", async () => {
    expect(await chosen({ include: [".*", "*.{log,md}"], exclude: ["src/**"] })).toEqual([
      "readme.md",
      ".env",
      "logs/2024.log",
    ]);
  });

  it("is case-sensitive", async () => {
    expect(await chosen({ include: ["README.MD"] })).toEqual([]);
  });

  it("matches a backslash in a name literally", async () => {
    expect((await matcher({ include: ["a/*"] }))("a\\b")).toBe(false);
  });
});

describe("exclude", () => {
  it("wins over include", async () => {
    expect(await chosen({ include: ["*.js"], exclude: ["src/**"] })).toEqual([
      "index.js",
      "node_modules/a/index.js",
    ]);
  });

  it("excludes a folder by its name alone, at any depth", async () => {
    const left = await chosen({ exclude: ["node_modules"] });
    expect(left).not.toContain("node_modules/a/index.js");
    expect(left).not.toContain("src/node_modules/b.md");
    expect(left.length).toBe(PATHS.length - 2);
  });

  it("of everything leaves nothing", async () => {
    expect(await chosen({ exclude: ["**"] })).toEqual([]);
    expect(await chosen({ exclude: ["*"] })).toEqual([]);
  });
});

it.each([[""], [7]])("refuses %j for a pattern, by the parameter's name", async (pattern) => {
  await expect(matcher({ exclude: [pattern as string] })).rejects.toThrow(ArgumentTypeError);
  await expect(matcher({ include: [pattern as string] })).rejects.toThrow(/include/);
});

describe("a folder that could not be read", () => {
  it("is reported whatever is included, because nobody knows what is in it", async () => {
    const isWanted = await matcher({ include: ["*.md", "src/*.js"] });
    expect(["", "docs", "src/deep"].map((path) => isWanted(path, true))).toEqual([true, true, true]);
  });

  it("is not reported when it is excluded, with all that is in it", async () => {
    const isWanted = await matcher({ include: ["*.md"], exclude: ["node_modules", "logs/", "src/deep/**"] });
    const folders = ["node_modules", "a/node_modules/b", "logs", "src/deep"];
    expect(folders.map((path) => isWanted(path, true))).toEqual([false, false, false, false]);
  });
});
