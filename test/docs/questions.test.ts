import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { brokenLink } from "./anchors.ts";

const path = fileURLToPath(new URL("../../docs/questions.md", import.meta.url));
const page = readFileSync(path, "utf8");
/** The question, and everything up to the next one. */
const questions = page
  .split(/^(?=\*\*)/m)
  .slice(1)
  .map((text) => ({ title: /^\*\*(.+)\*\*$/m.exec(text)?.[1] ?? text, text }));

const TRACKERS = new Map([
  ["cos-nodejs-sdk-v5", "tencentyun/cos-nodejs-sdk-v5"],
  ["cos-js-sdk-v5", "tencentyun/cos-js-sdk-v5"],
  ["cos-python-sdk-v5", "tencentyun/cos-python-sdk-v5"],
  ["aws-sdk-js-v3", "aws/aws-sdk-js-v3"],
  ["rclone", "rclone/rclone"],
]);
const linksOf = (text: string) =>
  [...text.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, name = "", to = ""]) => ({ name, to }));

describe("docs/questions.md", () => {
  it("has 30 questions or more, from every tracker", () => {
    expect(questions.length).toBeGreaterThanOrEqual(30);
    for (const name of TRACKERS.keys()) expect(page).toContain(`[${name}#`);
  });

  it.each(questions)("$title", ({ text }) => {
    const links = linksOf(text);
    const asked = links.filter(({ to }) => to.startsWith("https:"));
    expect(asked).not.toEqual([]);
    for (const { name, to } of asked) {
      const [tracker = "", number] = name.split("#");
      expect(to).toMatch(
        new RegExp(`^https://github\\.com/${TRACKERS.get(tracker)}/(issues|pull)/${number}$`),
      );
    }
    const pages = links.filter(({ to }) => !to.startsWith("https:"));
    expect(pages).toHaveLength(1);
    expect(pages.map(({ to }) => brokenLink(path, to))).toEqual([undefined]);
    const reply = text.split("\n").filter((line) => line !== "" && !/^(\*\*|\(?\[|→)/.test(line));
    expect(reply.join(" ").split(/[.?!](?: |$)/).length).toBeLessThanOrEqual(6);
  });

  it("sends readers to the pages of their tasks, not to one for all", () => {
    const pages = linksOf(page).flatMap(({ to }) => (to.startsWith("https:") ? [] : [to.split("#")[0]]));
    expect(new Set(pages).size).toBeGreaterThanOrEqual(10);
  });

  it("links to each thread once", () => {
    const threads = linksOf(page)
      .map(({ to }) => to)
      .filter((to) => to.startsWith("https:"));
    expect(new Set(threads).size).toBe(threads.length);
  });
});
