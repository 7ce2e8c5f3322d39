import { borrowCrc64, finishCrc64 } from "../store/crc64.ts";
import type { RecordedBody } from "./recording.ts";

/** Counts a body as it passes, and computes its CRC64. */
export class MeasuredBody {
  #body: RecordedBody = { bytes: 0, crc64: "0", whole: false };

  get measured(): RecordedBody {
    return this.#body;
  }

  /** The same chunks. */
  async *pass(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const crc64 = await borrowCrc64();
    let bytes = 0;
    let whole = false;
    try {
      for await (const chunk of body) {
        crc64.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
      whole = true;
    } finally {
      this.#body = { bytes, crc64: finishCrc64(crc64), whole };
    }
  }
}

/** A body that is there. */
export async function measureText(text: string): Promise<RecordedBody> {
  const crc64 = await borrowCrc64();
  crc64.update(text);
  return { bytes: Buffer.byteLength(text), crc64: finishCrc64(crc64), whole: true };
}
