import { describe, expect, it } from "vitest";
import { startChild, useChildren } from "./child-process.ts";

useChildren();

describe("one signal for forty calls at once", () => {
  it("does not make Node warn of a listener leak, in any phase of the calls", async () => {
    const child = startChild("share-signal");
    const lines: string[] = [];
    for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line);
    expect(lines).toEqual(
      [
        "a request under way",
        "a pause before a retry",
        "an object being read",
        "parts of an upload",
        "a stream that gives nothing",
        "a part buffer that is not free",
        "a file descriptor that is not free",
      ].map((kind) => `${kind}: no warning`),
    );
    expect(await child.exited).toBe(0);
  });
});
