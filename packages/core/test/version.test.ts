import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { VERSION } from "../src/version.ts";
import { Bucket, clientOf, Key } from "./support/client.ts";
import { VirtualClock } from "./support/virtual-clock.ts";
import { cosResponse, scriptedWire } from "./support/wire.ts";

test("VERSION is the version of package.json", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(manifest.version);
});

test("the user agent names cosup, its version and the runtime", async () => {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, [cosResponse(204)]);
  await clock.run(clientOf(wire.runtime, clock).deleteObject({ Bucket, Key }));
  expect(wire.sent[0]?.headers["user-agent"]).toBe(`cosup/${VERSION} (test)`);
});
