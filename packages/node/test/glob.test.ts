import { ArgumentTypeError } from "@cosup/core";
import { describe, expect, it } from "vitest";
import { matcher } from "../src/glob.ts";

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

const chosen = (options: Parameters<typeof matcher>[0]): string[] => PATHS.filter(matcher(options));

describe("include", () => {
  it("is everything when it is not given, or empty", () => {
    expect(chosen({})).toEqual(PATHS);
    expect(chosen({ include: [] })).toEqual(PATHS);
  });

  it("matches the name at any depth when a pattern has no slash", () => {
    expect(chosen({ include: ["*.md"] })).toEqual([
      "readme.md",
      "src/deep/.hidden/x.md",
      "src/node_modules/b.md",
    ]);
    expect(chosen({ include: "index.js" }).length).toBe(4);
  });

  it("matches the whole path when it has one", () => {
    expect(chosen({ include: ["src/*.js"] })).toEqual(["src/index.js"]);
    expect(chosen({ include: ["src/**/*.js"] })).toEqual(["src/index.js", "src/deep/index.js"]);
    expect(chosen({ include: ["/readme.md"] })).toEqual(["readme.md"]);
    expect(chosen({ include: ["./*.js"] })).toEqual(["index.js"]);
  });

  it("takes a folder with all that is in it", () => {
    expect(chosen({ include: ["logs/"] })).toEqual(["logs/2024.log"]);
    expect(chosen({ include: ["src/deep/**"] })).toEqual(["src/deep/index.js", "src/deep/.hidden/x.md"]);
  });

  it("matches dot files, braces and several patterns", () => {
    expect(chosen({ include: [".*", "*.{log,md}"], exclude: ["src/**"] })).toEqual([
      "readme.md",
      ".env",
      "logs/2024.log",
    ]);
  });

  it("heeds case", () => {
    expect(chosen({ include: ["README.MD"] })).toEqual([]);
  });

  it("takes a backslash of a name as it is", () => {
    expect(matcher({ include: ["a/*"] })("a\\b")).toBe(false);
  });
});

describe("exclude", () => {
  it("wins over include", () => {
    expect(chosen({ include: ["*.js"], exclude: ["src/**"] })).toEqual([
      "index.js",
      "node_modules/a/index.js",
    ]);
  });

  it("takes out a folder by its name alone, at any depth", () => {
    const left = chosen({ exclude: ["node_modules"] });
    expect(left).not.toContain("node_modules/a/index.js");
    expect(left).not.toContain("src/node_modules/b.md");
    expect(left.length).toBe(PATHS.length - 2);
  });

  it("of everything leaves nothing", () => {
    expect(chosen({ exclude: ["**"] })).toEqual([]);
    expect(chosen({ exclude: ["*"] })).toEqual([]);
  });
});

it.each([[""], [7]])("refuses %j for a pattern, by the parameter's name", (pattern) => {
  expect(() => matcher({ exclude: [pattern as string] })).toThrow(ArgumentTypeError);
  expect(() => matcher({ include: [pattern as string] })).toThrow(/include/);
});
