import type { CosClient, UploadResult, UploadWarning } from "@cosup/core";
import type { Instruction, OperationName } from "@cosup/emulator";
import { fileCheckpoints } from "@cosup/node";

/** What an upload under a fault script works with. */
export interface Attempt {
  readonly client: CosClient;
  readonly Bucket: string;
  readonly Key: string;
  readonly source: Uint8Array<ArrayBuffer>;
  /** The source as a file, for uploads that are resumed. */
  readonly path: string;
  readonly directory: string;
  readonly warnings: UploadWarning[];
  /** Parts under way at once. */
  readonly threads: number;
}

interface Flow {
  /** Operations that it uses, and that faults are tried on. */
  readonly ops: readonly OperationName[];
  /** Faults that bring it into the state in which the operations are used. */
  readonly script: readonly Instruction[];
  /** Bytes of the source. */
  readonly size: number;
  upload(attempt: Attempt): Promise<{ readonly crc64: string | undefined; readonly size: number }>;
}

/** "MB" as the client counts them here: parts of kilobytes do as well. */
export const PART_UNIT = 1024;

export type FlowName = "put" | "parts" | "lost" | "open" | "failing" | "resume" | "copy";

export const FLOWS: Readonly<Record<FlowName, Flow>> = {
  put: { ops: ["PutObject"], script: [], size: 300, upload: (attempt) => whole(attempt) },
  parts: {
    ops: ["InitiateMultipartUpload", "UploadPart", "CompleteMultipartUpload"],
    script: [],
    size: 2500,
    upload: (attempt) => inParts(attempt),
  },
  /** Complete has happened, its response is lost: ListParts and HEAD decide. */
  lost: {
    ops: ["HeadObject"],
    script: [{ op: "CompleteMultipartUpload", when: "after-commit-before-response", fault: "reset" }],
    size: 2500,
    upload: (attempt) => inParts(attempt),
  },
  /** Complete has not happened, and the client cannot know: ListParts decides. */
  open: {
    ops: ["ListParts"],
    script: [{ op: "CompleteMultipartUpload", when: "after-body-before-commit", fault: "reset" }],
    size: 2500,
    upload: (attempt) => inParts(attempt),
  },
  /** A part is refused permanently, so the upload must be aborted. */
  failing: {
    ops: ["AbortMultipartUpload"],
    script: [
      { op: "UploadPart", match: { part: 3 }, when: "before-headers", fault: "deny", times: "forever" },
    ],
    size: 2500,
    upload: (attempt) => inParts(attempt),
  },
  /** The first call ends after two parts, the second resumes from its checkpoint. */
  resume: {
    ops: ["ListParts"],
    script: [{ op: "UploadPart", match: { part: 3 }, when: "before-headers", fault: "deny" }],
    size: 25_000,
    async upload(attempt) {
      const again = () =>
        attempt.client.uploadFile({
          ...common(attempt),
          LocalFilePath: attempt.path,
          PartSize: 10,
          MAXThread: 1,
          checkpoints: fileCheckpoints(attempt.directory),
        });
      await again().then(
        () => {
          throw new Error("the first call was to fail");
        },
        () => {},
      );
      return again();
    },
  },
  copy: {
    ops: ["CopyObject"],
    script: [],
    size: 300,
    upload: ({ client, Bucket, Key }) =>
      client.copyObject({
        Bucket,
        Key,
        CopySource: { Bucket, Key: `${Key}.source`, Region: "ap-guangzhou" },
      }),
  },
};

function common({ Bucket, Key, warnings }: Attempt) {
  return { Bucket, Key, onWarning: (warning: UploadWarning) => void warnings.push(warning) };
}

function whole(attempt: Attempt): Promise<UploadResult> {
  return attempt.client.uploadFile({ ...common(attempt), Body: attempt.source });
}

/** A stream of unknown length, in chunks that are no parts: three parts of a kilobyte, the last of them shorter. */
function inParts(attempt: Attempt): Promise<UploadResult> {
  return attempt.client.uploadFile({
    ...common(attempt),
    Body: chunks(attempt.source),
    PartSize: 1,
    MAXThread: attempt.threads,
  });
}

async function* chunks(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}
