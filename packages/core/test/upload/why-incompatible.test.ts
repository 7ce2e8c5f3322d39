import { expect, test } from "vitest";
import { whyIncompatible } from "../../src/upload/resume.ts";
import { bytes, checkpointOf } from "../support/resume-rig.ts";
import { KB, UPLOAD_OPTIONS } from "../support/upload-rig.ts";

const plan = { size: bytes.length, partSize: KB, partCount: 3 };
const plain = { "content-type": "text/plain" };
const checkpoint = checkpointOf("upload-1", { headers: plain });
const OTHERS = "the object's headers are others now";

// Version 1 stored an inferred Content-Type as if it had been requested.
test.each<[string, Record<string, string>, string | undefined, string | undefined]>([
  ["is requested again", plain, undefined, undefined],
  ["is requested again, and would be inferred", plain, "text/plain", undefined],
  ["is only inferred now", {}, "text/plain", undefined],
  ["is neither requested nor inferred", {}, undefined, OTHERS],
  ["is not the one that is inferred now", {}, "text/html", OTHERS],
  ["is not the one that is requested now", { "content-type": "text/html" }, "text/plain", OTHERS],
])("a Content-Type of the checkpoint that %s", (_, headers, inferredType, reason) => {
  expect(whyIncompatible(checkpoint, { ...UPLOAD_OPTIONS, headers, inferredType }, plan)).toBe(reason);
});

test("a source whose length is not known does not go on with an upload of a known one", () => {
  const options = { ...UPLOAD_OPTIONS, headers: plain };
  const stream = { size: undefined, partSize: KB };
  expect(whyIncompatible(checkpoint, options, stream)).toBe(
    `the source has unknown many bytes now, ${bytes.length} then`,
  );
});
