import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as cosup from "@cosup/node";
import { expect, test } from "vitest";

// Programs depend on these names. A change here is a breaking change and belongs in CHANGELOG.md.

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");

/** The members of a union of strings in a source. */
function unionAfter(source: string, start: string): string[] {
  const [, after = ""] = source.split(start);
  const [union = ""] = after.split(";");
  return [...union.matchAll(/"([a-z\d-]+)"/g)].map(([, code = ""]) => code).sort();
}

const errorCodes = [...new Set(read("packages/core/src/error-codes.ts").match(/(?<=")[a-z-]+(?=")/g))].sort();
const warningCodes = unionAfter(read("packages/core/src/upload/options.ts"), "readonly code:");

test("the error codes are those that were promised", () => {
  expect(errorCodes).toEqual([
    "access-denied",
    "checkpoint-locked",
    "checkpoint-unusable",
    "client-closed",
    "clock-skewed",
    "conflict",
    "connect-failed",
    "connection-reset",
    "credentials-expired",
    "integrity",
    "invalid-request",
    "not-found",
    "outcome-unknown",
    "precondition-failed",
    "service-unavailable",
    "source-changed",
    "source-length",
    "source-unreadable",
    "subrequests-exhausted",
    "target-exists",
    "target-unwritable",
    "throttled",
    "timeout",
    "transport-failed",
    "unexpected-response",
  ]);
});

test("the warning codes are those that were promised", () => {
  expect(warningCodes).toEqual([
    "checkpoint-degraded",
    "checkpoint-discarded",
    "http2-connection",
    "limited-path-checks",
    "memory-over-budget",
    "orphan-upload",
    "resume-discarded",
    "unverified",
    "upload-adopted",
  ]);
});

test("docs/errors.md explains every code, and no other", () => {
  const [, codes = ""] = read("docs/errors.md").split("## Codes");
  const [section = ""] = codes.split("## Permissions");
  const explained = [...section.matchAll(/`([a-z\d]+(?:-[a-z]+)*)`/g)].map(([, code = ""]) => code);
  expect(explained.sort()).toEqual([...errorCodes, ...warningCodes].sort());
});

test("@cosup/node exports what was promised", () => {
  expect(Object.keys(cosup).sort()).toMatchInlineSnapshot(`
    [
      "ArgumentRangeError",
      "ArgumentTypeError",
      "CheckpointError",
      "CosClient",
      "CosError",
      "IntegrityError",
      "NodeCosClient",
      "ServiceError",
      "SourceError",
      "TransportError",
      "UploadClient",
      "VERSION",
      "checkUpload",
      "contentTypeOf",
      "createCos",
      "defaultCheckpointDirectory",
      "fileCheckpoints",
      "isCosError",
      "listFolder",
      "pathFilter",
    ]
  `);
});
