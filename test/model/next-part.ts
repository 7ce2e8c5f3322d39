import { SOURCE } from "./cos.ts";
import { crc64Of, type Decisions } from "./decisions.ts";
import { go, type Writer } from "./writer.ts";

/** The first part from `part` on that COS does not hold already. */
export function nextPart(decisions: Decisions, writer: Writer): Writer {
  for (let part = writer.part; part <= SOURCE.length; part += 1) {
    const crc64 = crc64Of(SOURCE[part - 1] ?? "");
    const byte = writer.stored[part - 1] ?? "-";
    const stored = { partNumber: part, size: 1, etag: "e", crc64: crc64Of(byte), verified: true };
    if (!decisions.holds(byte === "-" ? undefined : stored, 1, { crc64, md5: undefined })) {
      return go(writer, "part", { part });
    }
  }
  return go(writer, "complete", { round: 1, doubtful: false });
}
