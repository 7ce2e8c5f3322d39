/**
 * COS as the model sees it: one key, its unfinished uploads, and atomic requests. It shares no code with the emulator
 * or with core. A character of `bytes` is a byte; `by` names the writer of each byte. `published` is not COS's
 * knowledge but the invariants': everything that ever stood at the key on behalf of our writer.
 */
export interface StoredObject {
  readonly bytes: string;
  readonly by: string;
  readonly headers: HeaderSet;
  /** 0 for an object that was put or appended. */
  readonly parts: number;
  readonly appendable: boolean;
}

/** `asked`: as HEAD shows it; `asked-acl`: also with an ACL, which HEAD does not show; `others`: other metadata. */
export type HeaderSet = "asked" | "asked-acl" | "others";

export interface Upload {
  /** The call that began it, or `b`, the second writer. */
  readonly by: string;
  readonly headers: HeaderSet;
  /** The bytes of parts 1 and 2; `-` where there is none. */
  readonly parts: string;
}

export interface Cos {
  readonly object: StoredObject | null;
  readonly uploads: Readonly<Record<string, Upload>>;
  readonly begun: number;
  /** Results of our calls that stood at the key: upload or call, its headers and bytes. */
  readonly published: readonly string[];
}

export type Request =
  | { readonly op: "put"; readonly call: string; readonly headers: HeaderSet; readonly forbid: boolean }
  | { readonly op: "initiate"; readonly call: string; readonly headers: HeaderSet }
  | { readonly op: "part"; readonly id: string; readonly part: number }
  | { readonly op: "complete"; readonly id: string; readonly forbid: boolean }
  | { readonly op: "abort"; readonly id: string }
  | { readonly op: "list"; readonly id: string }
  | { readonly op: "append"; readonly call: string; readonly position: number }
  | { readonly op: "head" }
  | { readonly op: "read"; readonly position: number };

/** A refusal by its code, or what COS responds. */
export type Reply =
  | { readonly refused: "NoSuchUpload" | "FileAlreadyExists" | "AppendPositionErr" | "InvalidPart" }
  | {
      readonly id?: string;
      readonly parts?: string;
      readonly object?: StoredObject | null;
      readonly bytes?: string;
    };

/** What our writer uploads: two bytes, one a part or a piece. The second writer's equal object has the same. */
export const SOURCE = "12";
export const EMPTY: Cos = {
  object: null,
  uploads: { b: { by: "b", headers: "asked", parts: SOURCE } },
  begun: 0,
  published: [],
};

/** Carries out one request. */
export function carryOut(cos: Cos, request: Request): readonly [Cos, Reply] {
  switch (request.op) {
    case "put":
      if (request.forbid && cos.object !== null) return [cos, { refused: "FileAlreadyExists" }];
      return [publish(cos, request.call, SOURCE, request.headers, 0), {}];
    case "initiate": {
      const id = `u${cos.begun + 1}`;
      const upload = { by: request.call, headers: request.headers, parts: "--" };
      return [{ ...cos, uploads: { ...cos.uploads, [id]: upload }, begun: cos.begun + 1 }, { id }];
    }
    case "append":
      return append(cos, request.call, request.position);
    case "head":
      return [cos, { object: cos.object }];
    case "read":
      return [cos, { bytes: cos.object?.bytes.slice(request.position, request.position + 1) ?? "" }];
    default:
      return onUpload(cos, request);
  }
}

function onUpload(
  cos: Cos,
  request: Extract<Request, { op: "part" | "complete" | "abort" | "list" }>,
): readonly [Cos, Reply] {
  const upload = cos.uploads[request.id];
  if (upload === undefined) return [cos, { refused: "NoSuchUpload" }];
  const { [request.id]: _, ...others } = cos.uploads;
  if (request.op === "list") return [cos, { parts: upload.parts }];
  if (request.op === "abort") return [{ ...cos, uploads: others }, {}];
  if (request.op === "part") {
    const parts = [...upload.parts].map((byte, n) => (n + 1 === request.part ? SOURCE[n] : byte)).join("");
    return [{ ...cos, uploads: { ...cos.uploads, [request.id]: { ...upload, parts } } }, {}];
  }
  if (upload.parts !== SOURCE) return [cos, { refused: "InvalidPart" }];
  if (request.forbid && cos.object !== null) return [cos, { refused: "FileAlreadyExists" }];
  return [publish({ ...cos, uploads: others }, request.id, upload.parts, upload.headers, 2), {}];
}

function publish(cos: Cos, by: string, bytes: string, headers: HeaderSet, parts: number): Cos {
  const object = { bytes, by: `${by},${by}`, headers, parts, appendable: false };
  return recorded({ ...cos, object }, by === "b" ? undefined : `${by} ${headers} ${bytes}`);
}

function append(cos: Cos, call: string, position: number): readonly [Cos, Reply] {
  const { object } = cos;
  if ((object?.bytes.length ?? 0) !== position || object?.appendable === false) {
    return [cos, { refused: "AppendPositionErr" }];
  }
  return [withByte(cos, call, SOURCE[position] ?? ""), {}];
}

/** The object with one more byte. */
export function withByte(cos: Cos, by: string, byte: string): Cos {
  const before = cos.object ?? { bytes: "", by: "", headers: "asked", parts: 0, appendable: true };
  const position = before.bytes.length;
  const writers = before.by === "" ? by : `${before.by},${by}`;
  const object = { ...before, bytes: before.bytes + byte, by: writers };
  return recorded({ ...cos, object }, by === "b" ? undefined : `${by} at ${position}`);
}

function recorded(cos: Cos, entry: string | undefined): Cos {
  if (entry === undefined || cos.published.includes(entry)) return cos;
  return { ...cos, published: [...cos.published, entry].sort() };
}
