import type { Instruction } from "../../src/index.ts";
import { type Ask, type Rig, textIn } from "../rig.ts";
import { inRun, newRun, see } from "./observe.ts";

/** A multipart upload whose every request belongs to one run. */
export async function uploadUnder(rig: Rig, path: string, script: Instruction | readonly Instruction[]) {
  const run = newRun(rig, script);
  const ask = (more: Partial<Ask> & Pick<Ask, "method">) => see(rig, inRun({ path, ...more }, run));
  const started = await ask({ method: "POST", query: { uploads: "" } });
  const uploadId = textIn(started.body, "UploadId") ?? "";
  const etags = new Map<number, string>();
  return {
    run,
    uploadId,
    etags,
    async part(number: number, body: string) {
      const seen = await ask({ method: "PUT", query: { uploadId, partNumber: String(number) }, body });
      etags.set(number, /ETag: (\S+)/.exec(seen.head)?.[1] ?? "");
      return seen;
    },
    list: (more: Record<string, string> = {}) => ask({ method: "GET", query: { uploadId, ...more } }),
    abort: () => ask({ method: "DELETE", query: { uploadId } }),
    complete: () => {
      const parts = [...etags].map(
        ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      );
      const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
      return ask({ method: "POST", query: { uploadId }, body });
    },
  };
}

export const afterCommit = (op: Instruction["op"], fault: Instruction["fault"], match = {}): Instruction => ({
  op,
  match,
  when: "after-commit-before-response",
  fault,
});
