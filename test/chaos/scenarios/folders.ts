import { type FileResult, uploadDirectory, type WalkEntry } from "@cosup/core/directory";
import { call, type Outcome } from "../simulation/call.ts";
import { SimulatedFile } from "../simulation/file-input.ts";
import { judge } from "../simulation/oracle.ts";
import { type Rig, UNIT } from "../simulation/rig.ts";
import { BUCKET } from "../simulation/service.ts";
import { calmDown, content, perhapsAbort, type Scenario } from "./scenario.ts";

/**
 * Uploads a folder under faults, so that some files fail, then again without faults, after which every file is stored.
 */
export const folders: Scenario = async (rig) => {
  const client = rig.client({ memoryBudget: 1024 * UNIT });
  const contents = new Map<string, Uint8Array>();
  for (let index = rig.operations(rig.random.between(2, 7)); index > 0; index -= 1) {
    const path = `folder/${index % 2 === 0 ? "deep/" : ""}${index}`;
    const bytes = content(rig, 0, index % 5 === 0 ? 30 * UNIT : 5 * UNIT);
    rig.file(path, new SimulatedFile(bytes, rig.clock, rig.random));
    contents.set(path, bytes);
  }
  const before = new Map<string, Uint8Array | undefined>();
  for (const calm of [false, true]) {
    if (calm) calmDown(rig);
    const results = new Map<string, FileResult>();
    const since = rig.network.records.length + 1;
    const shape = {
      name: "folder",
      keys: ["folder/"],
      abortAfter: calm ? undefined : perhapsAbort(rig, 200),
      counts: false,
    };
    const outcome = await rig.clock.run(
      call(rig, shape, ({ onProgress: _, ...hooks }) =>
        uploadDirectory(
          client,
          {
            LocalDirectoryPath: "folder",
            Bucket: BUCKET,
            concurrency: 3,
            PartSize: 2,
            skip: calm ? "same" : "never",
            onFile: (result) => results.set(result.Key, result),
            ...hooks,
          },
          entries(rig),
          () => true,
        ),
      ),
    );
    await rig.clock.drain();
    if (calm && (outcome.kind !== "done" || outcome.value.failed > 0))
      rig.fail("the folder did not go up in calm weather");
    for (const [key, bytes] of contents) {
      const outcomes = [outcomeOf(results.get(key), outcome)];
      before.set(
        key,
        await judge(rig, { key, previous: before.get(key), sources: [bytes], outcomes, since }),
      );
    }
  }
};

async function* entries(rig: Rig): AsyncGenerator<WalkEntry, void, undefined> {
  for (const [path, file] of rig.files) {
    yield { relativePath: path, path, kind: "file", size: file.bytes.length };
  }
}

function outcomeOf(result: FileResult | undefined, whole: Outcome): Outcome {
  // A file whose upload the abort interrupted has no result.
  if (result === undefined)
    return whole.kind === "done"
      ? { kind: "failed", error: new Error("no result"), code: "none" }
      : { kind: "aborted" };
  if (result.status !== "failed") return { kind: "done", value: result };
  const { error } = result;
  const code =
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : "untyped";
  return { kind: "failed", error: error instanceof Error ? error : new Error(String(error)), code };
}
