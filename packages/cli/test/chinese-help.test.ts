import type { Command } from "commander";
import { expect, it } from "vitest";
import { widthOf } from "../src/display/width.ts";
import { useChineseHelp } from "../src/help/chinese-help.ts";
import { showEverything } from "../src/help/help-level.ts";
import { prefersChinese } from "../src/help/language.ts";
import { wrapChinese } from "../src/help/wrap-chinese.ts";
import { SIMPLIFIED_CHINESE } from "../src/help/zh-cn/index.ts";
import { createProgram } from "../src/program.ts";

/** English texts that help has asked for, with those of the flags that only `cosup help` has. */
const asked = new Set<string>();
const program = createProgram(() => {});
useChineseHelp(program, (text) => {
  asked.add(text);
  return SIMPLIFIED_CHINESE[text] ?? text;
});
const commands = allOf(program);
const short = commands.map((command) => helpOf(command)).join("\n");
showEverything();
const full = commands.map((command) => helpOf(command)).join("\n");

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    getOutHelpWidth: () => 80,
    writeOut: (written) => {
      text += written;
    },
  });
  command.outputHelp();
  return text;
}

it("every text of every command has a Chinese one, and every entry of the catalog is a text", () => {
  const entries = Object.keys(SIMPLIFIED_CHINESE);
  expect([...asked].filter((text) => text !== "" && !entries.includes(text))).toEqual([]);
  expect(entries.filter((text) => !asked.has(text))).toEqual([]);
});

it("no line is wider than 80 columns, except examples", () => {
  const lines = `${short}\n${full}`.split("\n").filter((line) => !/^ {2}.*\bcosup /.test(line));
  expect(lines.length).toBeGreaterThan(500);
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
});

it("nothing of commander's own English is left", () => {
  expect(full).not.toMatch(/choices:|default: |env: |Usage:|Options:|Arguments:|Commands:|Examples:/);
  expect(full).toContain('（可选值："bash", "zsh", "fish"）');
  expect(full).toContain('"exists"；默认："ledger"）');
});

it("a line breaks between Chinese characters and at spaces, and never before closing punctuation", () => {
  expect(wrapChinese("对象的键，存储桶", 8)).toBe("对象的\n键，存储\n桶");
  expect(wrapChinese("甲（乙）丙", 4)).toBe("甲\n（乙）\n丙");
  expect(wrapChinese("下载 cos://BUCKET/KEY 到", 12)).toBe("下载\ncos://BUCKET/KEY\n到");
  expect(wrapChinese("甲\n\n    0 乙", 80)).toBe("甲\n\n    0 乙");
});

it.each<[boolean, Record<string, string>]>([
  [true, { LANG: "zh_CN.UTF-8" }],
  [true, { LANG: "zh_TW.UTF-8" }],
  [true, { LC_ALL: "", LC_MESSAGES: "zh-Hans", LANG: "en_US.UTF-8" }],
  [true, { LC_ALL: "zh_CN", LANG: "C" }],
  [true, { LC_ALL: "C", COSUP_LANG: "zh" }],
  [false, { LANG: "zh_CN.UTF-8", COSUP_LANG: "en" }],
  [false, { LC_ALL: "C", LANG: "zh_CN.UTF-8" }],
  [false, { LC_MESSAGES: "POSIX", LANG: "zh_CN.UTF-8" }],
  [false, { LANG: "zha" }],
  [false, {}],
])("%s is the choice of Chinese for %j", (chinese, env) => {
  expect(prefersChinese(env)).toBe(chinese);
});

it("COSUP_LANG is refused when it is neither en nor zh", () => {
  expect(() => prefersChinese({ COSUP_LANG: "fr" })).toThrow("COSUP_LANG: must be en or zh");
});
