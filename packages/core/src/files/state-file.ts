import { withDescriptor } from "./descriptors.ts";
import type { FileSystem } from "./file-system.ts";

/** `<id>.json`, `<id>.lock`, `<id>.ledger` and their drafts; an id is 32 hex digits. */
const NAME = /^[0-9a-f]{32}\.(?:json|lock|ledger)(?:\.[0-9a-f]+)*(?<draft>\.tmp|\.draft)?$/;
const CONTENT = /^\{"(?:version":\d+,"(?:Bucket|ledger)":"|pid":\d+,"hostname":")/;

/** Bytes that are enough to recognise a checkpoint or a lock. */
const HEAD_BYTES = 64;

/**
 * Whether a name is that of a checkpoint, of the ledger of a sync, of a lock, or of a draft of these: `draft` is certain,
 * for `maybe` the content decides; see {@link isStateFile}. Undefined: no.
 */
export function stateFileName(name: string): "draft" | "maybe" | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  return match.groups?.draft === undefined ? "maybe" : "draft";
}

/**
 * Whether the file of such a name begins as a checkpoint, a ledger or a lock does.
 * @param head its first bytes; empty while a lock is being written
 */
function isStateContent(name: string, head: Uint8Array): boolean {
  if (head.length === 0) return !name.endsWith(".json");
  return CONTENT.test(new TextDecoder().decode(head));
}

/** Whether a regular file of such a name is one that cosup keeps its state in; also if it is gone by now. */
export async function isStateFile(fileSystem: FileSystem, path: string, name: string): Promise<boolean> {
  if (stateFileName(name) === "draft") return true;
  try {
    return isStateContent(name, await withDescriptor(() => fileSystem.readHead(path, HEAD_BYTES)));
  } catch (error) {
    return fileSystem.kindOf(error) === "not-found";
  }
}
