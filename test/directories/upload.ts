import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { CosClient } from "@cosup/core";
import type { FileResult, UploadDirectoryParameters, UploadDirectoryResult } from "@cosup/core/directory";
import { CANARY, type Place, type Tree } from "./tree.ts";

/** The methods that the clients of all adapters with files share. */
export interface FolderClient extends Pick<CosClient, "getObject"> {
  uploadDirectory(parameters: UploadDirectoryParameters): Promise<UploadDirectoryResult>;
}

/** The actual or expected result of a tree. */
export interface Fate {
  readonly uploaded: Readonly<Record<string, string>>;
  readonly skipped: readonly string[];
  readonly failed: readonly string[];
  readonly refused: string | undefined;
}

export interface UploadTreeOptions {
  readonly client: FolderClient;
  readonly Bucket: string;
  readonly Prefix: string;
  /** Stats every file during the walk. */
  readonly looking?: boolean;
}

/** Creates a tree on the disk, uploads it, and removes it. */
export async function uploadTree(tree: Tree, options: UploadTreeOptions): Promise<Fate> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "cosup-tree-")));
  const place: Place = { root: join(base, "tree"), outside: join(base, "outside"), atEnd: [] };
  const home = process.cwd();
  try {
    mkdirSync(place.root);
    for (const path of ["canary", "1", "x", "sub/canary"]) plant(join(place.outside, path));
    plant(join(base, "tree-alike/canary"));
    for (const step of tree.make) await step(place);
    process.chdir(place.root);
    return await fateOf(tree, place, options);
  } finally {
    process.chdir(home);
    for (const letGo of place.atEnd) await letGo();
    // Not by Node's own rm, for which some of these paths are too long.
    execFileSync("rm", ["-rf", base]);
  }
}

/** The result that the table expects of a tree. */
export function expectedFate(tree: Tree, looking = false): Fate {
  const { uploaded = [], skipped = [], failed = [], refused, looked } = tree;
  const other = looking && looked !== undefined ? { skipped: [], failed: [], ...looked } : {};
  const contents = Array.isArray(uploaded)
    ? Object.fromEntries(uploaded.map((path) => [path, path]))
    : uploaded;
  return sorted({ uploaded: { ...contents }, skipped, failed, refused, ...other });
}

function plant(path: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, CANARY);
}

async function fateOf(tree: Tree, place: Place, options: UploadTreeOptions): Promise<Fate> {
  const { client, Bucket, Prefix, looking = false } = options;
  const results: FileResult[] = [];
  const disturb = disturbance(tree, place);
  const { when } = tree.meanwhile ?? {};
  try {
    await client.uploadDirectory({
      Bucket,
      Prefix,
      LocalDirectoryPath: tree.rootAs?.(place) ?? place.root,
      followSymlinks: tree.followSymlinks,
      // One after the other where the order matters.
      concurrency: when === undefined ? undefined : 1,
      contentType: (path) => {
        disturb("before", path);
        return undefined;
      },
      onFile: (result) => {
        results.push(result);
        disturb("after", result.relativePath);
      },
      onProgress:
        looking || when === "during" ? () => disturb("during", tree.meanwhile?.path ?? "") : undefined,
    });
  } catch (error) {
    return { uploaded: {}, skipped: [], failed: [], refused: nameOf(error) };
  }
  const of = (status: FileResult["status"]) => results.filter((result) => result.status === status);
  return sorted({
    uploaded: await contentsOf(of("uploaded"), client, Bucket),
    skipped: of("skipped").map(({ relativePath, reason }) => `${relativePath}: ${reason}`),
    failed: of("failed").map(
      ({ relativePath, reason, error }) => `${relativePath}: ${reason ?? nameOf(error)}`,
    ),
    refused: undefined,
  });
}

/** Makes the tree's changes once, at their moment. */
function disturbance({ meanwhile }: Tree, place: Place): (when: string, path: string) => void {
  let done = false;
  return (when, path) => {
    if (done || meanwhile?.when !== when || meanwhile.path !== path) return;
    done = true;
    for (const step of meanwhile.steps) step(place);
  };
}

/** As it stands, a byte order mark too. */
const TEXT = new TextDecoder("utf-8", { ignoreBOM: true });

/** The stored objects of the files, or of some of them if there are very many. */
async function contentsOf(
  uploaded: readonly FileResult[],
  client: FolderClient,
  Bucket: string,
): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  const each = uploaded.length > 100 ? 100 : 1;
  for (const [index, { relativePath, Key, size }] of uploaded.entries()) {
    if (index % each === 0) {
      const { Body } = await client.getObject({ Bucket, Key });
      contents[relativePath] = TEXT.decode(await new Response(Body).arrayBuffer());
    } else {
      contents[relativePath] = size === relativePath.length ? relativePath : `${size} bytes`;
    }
  }
  return contents;
}

/** The code, or for a wrong argument its class and parameter. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && typeof error.code === "string") return error.code;
  return "parameter" in error ? `${error.name} ${error.parameter}` : `${error.name}: ${error.message}`;
}

function sorted({ skipped, failed, ...rest }: Fate): Fate {
  return { ...rest, skipped: [...skipped].sort(), failed: [...failed].sort() };
}
