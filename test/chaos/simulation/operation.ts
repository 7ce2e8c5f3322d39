import type { WireRequest } from "@cosup/core/runtime";

/** Operations of COS, as a request names them. */
export type Operation =
  | "Put"
  | "Copy"
  | "Append"
  | "Head"
  | "Get"
  | "Delete"
  | "Initiate"
  | "UploadPart"
  | "CopyPart"
  | "ListParts"
  | "Complete"
  | "Abort"
  | "ListUploads";

/** What a request is about. */
export interface Subject {
  readonly operation: Operation;
  /** Decoded; empty for the bucket. */
  readonly key: string;
  readonly uploadId: string | undefined;
  readonly partNumber: number | undefined;
  /** Where an append begins. */
  readonly position: number | undefined;
}

/** The subject of a request, read from its wire form. */
export function subjectOf(request: Pick<WireRequest, "method" | "url" | "headers">): Subject {
  const url = new URL(request.url);
  const key = decodeURIComponent(url.pathname.slice(1));
  const uploadId = url.searchParams.get("uploadId") ?? undefined;
  const numberOf = (name: string): number | undefined => {
    const text = url.searchParams.get(name);
    return text === null ? undefined : Number(text);
  };
  return {
    operation: operationOf(request, url.searchParams, key),
    key,
    uploadId,
    partNumber: numberOf("partNumber"),
    position: numberOf("position"),
  };
}

function operationOf(
  { method, headers }: Pick<WireRequest, "method" | "headers">,
  query: URLSearchParams,
  key: string,
): Operation {
  const copies = headers["x-cos-copy-source"] !== undefined;
  switch (method) {
    case "HEAD":
      return "Head";
    case "GET":
      if (key === "") return "ListUploads";
      return query.has("uploadId") ? "ListParts" : "Get";
    case "DELETE":
      return query.has("uploadId") ? "Abort" : "Delete";
    case "POST":
      if (query.has("append")) return "Append";
      return query.has("uploads") ? "Initiate" : "Complete";
    default:
      if (query.has("partNumber")) return copies ? "CopyPart" : "UploadPart";
      return copies ? "Copy" : "Put";
  }
}
