import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PlainDisplay } from "../src/display/plain.ts";

const MiB = 1024 ** 2;
let said: string[] = [];
beforeEach(() => {
  said = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

it("prints a line with the rate and the time that is left, every ten seconds", () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const display = new PlainDisplay({ bucket: "b", progress: true });
  for (; now <= 11_000; now += 1000) {
    const acknowledged = (now / 1000) * MiB;
    display.progress({ acknowledged, resumed: 0, inFlight: 0, bytesPerSecond: undefined }, 20 * MiB);
  }
  expect(said).toEqual(["10.0 MiB of 20.0 MiB (50%), 1.0 MiB/s, ETA 10s\n"]);
});
