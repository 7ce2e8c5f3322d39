import type { BlockReader } from "../../src/runtime/byte-source.ts";
import { TestFile } from "./upload-rig.ts";

/** A file whose reads on the spot the test controls. */
export class BlockFile extends TestFile {
  /** Positions of reads on the spot. */
  now: number[] = [];
  /** Positions from which on a read on the spot would wait for a disk. */
  slowFrom = Number.POSITIVE_INFINITY;
  /** Bytes that each read on the spot leaves out at its end. */
  missing = 0;
  refuses = false;

  async openBlocks(): Promise<BlockReader | undefined> {
    if (this.refuses) return undefined;
    return {
      readNow: (into, position) => {
        if (position >= this.slowFrom) return undefined;
        this.now.push(position);
        const bytes = this.bytes.subarray(position, position + into.length - this.missing);
        into.set(bytes);
        return bytes.length;
      },
    };
  }
}
