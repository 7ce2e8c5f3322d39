// The order in which packages are packed and published.
import { readdirSync, readFileSync } from "node:fs";
import { root } from "../bootstrap.mjs";

/**
 * The folders of packages/ in the order of their dependencies: each package after those that it needs.
 * @returns {string[]}
 */
export function publishOrder() {
  /** @type {Map<string, { directory: string, needs: string[] }>} */
  const waiting = new Map();
  for (const directory of readdirSync(`${root}packages`)) {
    const manifest = readFileSync(`${root}packages/${directory}/package.json`, "utf8");
    const { name, dependencies = {}, private: part = false } = JSON.parse(manifest);
    // The console is published as a part of the emulator.
    if (part) continue;
    waiting.set(name, { directory, needs: Object.keys(dependencies) });
  }
  /** @type {string[]} */
  const order = [];
  while (waiting.size > 0) {
    const next = [...waiting].find(([, { needs }]) => needs.every((name) => !waiting.has(name)));
    if (next === undefined) throw new Error(`packages depend on each other: ${[...waiting.keys()]}`);
    waiting.delete(next[0]);
    order.push(next[1].directory);
  }
  return order;
}
