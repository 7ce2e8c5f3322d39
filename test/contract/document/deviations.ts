/** What the same call does differently in an official SDK and here. */
export interface Deviation {
  readonly what: string;
  readonly python: string;
  readonly node: string;
  readonly ours: string;
  /** The case that shows ours, in every runtime. */
  readonly case: string;
}

export const DEVIATIONS: readonly Deviation[] = [
  {
    what: "no `ContentType`",
    python: "none is sent",
    node: "by the file's extension below `SliceSize`, none above",
    ours: "a Blob's own type, else by the extension of the key, else of the local file; `inferContentType: false` sends none",
    case: "deviation: no ContentType",
  },
  {
    what: "a key that begins with `/`",
    python: "one leading slash is removed",
    node: "one leading slash is removed",
    ours: "`RangeError` before anything is sent: remove the slash yourself",
    case: "deviation: a key that begins with a slash",
  },
  {
    what: "an empty 200 in response to Complete",
    python: "an error",
    node: "success",
    ours: "`completeMultipartUpload` rejects with `unexpected-response`; `uploadFile` asks COS what it stored, and succeeds when the object is the source",
    case: "deviation: an empty 200 in response to Complete",
  },
];
