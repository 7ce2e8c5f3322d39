import type { CheckpointLock, CheckpointStore } from "../../src/runtime/checkpoint-store.ts";

/** Checkpoints in memory. The methods that `failing` names throw. */
export class MemoryCheckpoints implements CheckpointStore {
  readonly texts = new Map<string, string>();
  readonly locks = new Set<string>();
  readonly failing = new Set<"load" | "save" | "remove" | "lock" | "release">();
  /** Everything that was ever saved. */
  readonly saved: string[] = [];

  async load(id: string): Promise<string | undefined> {
    this.#check("load");
    return this.texts.get(id);
  }

  async save(id: string, text: string): Promise<void> {
    this.#check("save");
    this.saved.push(text);
    this.texts.set(id, text);
  }

  async remove(id: string): Promise<void> {
    this.#check("remove");
    this.texts.delete(id);
  }

  async lock(id: string): Promise<CheckpointLock | undefined> {
    this.#check("lock");
    if (this.locks.has(id)) return undefined;
    this.locks.add(id);
    return {
      release: async () => {
        this.locks.delete(id);
        this.#check("release");
      },
    };
  }

  /** The one checkpoint that there is. */
  get only(): {
    UploadId: string;
    partSize: number;
    size: number;
    parts: { partNumber: number; etag: string; crc64: string }[];
  } {
    const [text, ...more] = this.texts.values();
    if (text === undefined || more.length > 0) throw new Error(`${this.texts.size} checkpoints`);
    return JSON.parse(text);
  }

  #check(name: "load" | "save" | "remove" | "lock" | "release"): void {
    if (this.failing.has(name)) throw new Error(`disk full: ${name}`);
  }
}
