import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, TestFile } from "../support/upload-rig.ts";

/** A file whose `changed` resolves to each of these in turn, then to false. */
class TouchedFile extends TestFile {
  readonly results: (boolean | "metadata")[];
  /** The content of the file from the first result on. */
  edited: Uint8Array | undefined;

  constructor(size: number, results: (boolean | "metadata")[]) {
    super(pattern(size, 1));
    this.results = results;
  }

  override async changed(): Promise<boolean | "metadata"> {
    if (this.edited !== undefined) this.bytes = this.edited;
    return this.results.shift() ?? false;
  }
}

describe.each([
  ["in one PUT", 3 * KB],
  ["in parts", 9 * KB + 5],
])("an upload %s, when only the metadata of its file changed,", (_how, size) => {
  test("succeeds when the file still has the sent bytes", async () => {
    const rig = await createRig();
    const file = new TouchedFile(size, ["metadata"]);
    await rig.run(file);
    expect(rig.target.object?.bytes).toEqual(pattern(size, 1));
    expect(file.results).toEqual([]);
  });

  test("fails, and publishes nothing, when one byte is another", async () => {
    const rig = await createRig();
    const file = new TouchedFile(size, ["metadata"]);
    file.edited = pattern(size, 1);
    file.edited[size - 1] = (file.edited[size - 1] ?? 0) ^ 1;
    expect(await caughtAs(rig.run(file), SourceError)).toMatchObject({ code: "source-changed" });
    expect(rig.target.object).toBeUndefined();
  });

  test("fails when it became shorter", async () => {
    const rig = await createRig();
    const file = new TouchedFile(size, ["metadata"]);
    file.edited = pattern(size - 1, 1);
    expect(await caughtAs(rig.run(file), SourceError)).toMatchObject({ code: "source-changed" });
  });

  test("is read again when it changed again meanwhile, and fails when it keeps changing", async () => {
    const twice = await createRig();
    await twice.run(new TouchedFile(size, ["metadata", "metadata"]));
    expect(twice.target.object?.bytes).toEqual(pattern(size, 1));
    for (const results of [Array<"metadata">(9).fill("metadata"), ["metadata", true] as const]) {
      const rig = await createRig();
      const file = new TouchedFile(size, [...results]);
      expect(await caughtAs(rig.run(file), SourceError)).toMatchObject({ code: "source-changed" });
    }
  });
});
