import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));
/** Node prints the whole line that an error escapes from. */
const LONGEST = 500;

test.each(readdirSync(packages))("no line of %s is longer than a terminal shows well", (name) => {
  const dist = `${packages}${name}/dist/`;
  const files = readdirSync(dist).filter((file) => file.endsWith(".js"));
  expect(files).not.toEqual([]);
  const long = files.flatMap((file) =>
    readFileSync(`${dist}${file}`, "utf8")
      .split("\n")
      .flatMap((line, at) => (line.length > LONGEST ? [`${file}:${at + 1}: ${line.length} characters`] : [])),
  );
  expect(long).toEqual([]);
});
