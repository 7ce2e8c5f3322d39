/** A line of a fault script, in the form of docs/faults.md; the cases run where the emulator's types do not exist. */
export interface FaultInstruction {
  readonly op: "GetObject";
  readonly match: { readonly key: string; readonly nth?: number };
  readonly when:
    | "before-accept"
    | "before-headers"
    | "after-commit-before-response"
    | `after-${number}-bytes-of-response`;
  readonly fault:
    | "fin"
    | "reset"
    | "silence"
    | "foreign-object"
    | { readonly kind: "flip-response"; readonly at: number }
    | { readonly kind: "crc64" | "etag"; readonly value: "missing" | "wrong" }
    | { readonly kind: "truncate"; readonly bytes: number }
    | { readonly kind: "content-length"; readonly delta: number }
    | { readonly kind: "body"; readonly type: "garbage" | "html" | "gzip" | "empty" }
    | { readonly kind: "status"; readonly status: number; readonly code: string };
  readonly times: number | "forever";
}
