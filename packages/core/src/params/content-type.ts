import { headerValue } from "./checks.ts";
import type { ObjectHeaders } from "./object-headers.ts";

/** Whether a call infers the Content-Type. */
export interface ContentTypeInference {
  /**
   * Without `ContentType`, store the object with the type of a Blob body, else with the usual type of the key's
   * extension, else of the local file's. Default true, or what the client says. False: store what COS makes of it.
   */
  readonly inferContentType?: boolean | undefined;
}

/** An object to upload, and its content: a body, or a local file. */
interface NewObject extends Pick<ObjectHeaders, "ContentType" | "headers">, ContentTypeInference {
  readonly Key: string;
  readonly Body?: unknown;
  readonly LocalFilePath?: string | URL | undefined;
}

/** How a client infers the Content-Type. */
export interface ContentTypes {
  /** Whether to infer when a call does not say. */
  readonly byDefault: boolean;
  /** Returns the type of an extension, which is in lower case and has no dot; anything but a string means none. */
  readonly of: (extension: string) => unknown;
}

/**
 * The Content-Type of an object whose caller gives none. The key comes before the local name: it is what readers of
 * the object see, and what COS uses when it decides.
 * @throws {RangeError} the caller's own table returns what no header can carry
 * @returns undefined when the caller gives one or switched this off, or when no name tells it: then COS decides
 */
export function inferContentType(object: NewObject, types: ContentTypes): string | undefined {
  const { Body, LocalFilePath } = object;
  if (!(object.inferContentType ?? types.byDefault) || object.ContentType !== undefined) return undefined;
  if (Object.keys(object.headers ?? {}).some((name) => name.toLowerCase() === "content-type"))
    return undefined;
  if (Body instanceof Blob && isHeaderText(Body.type)) return Body.type;
  return typeOf(object.Key, types) ?? typeOf(nameOf(LocalFilePath) ?? nameOf(localNameOf(Body)) ?? "", types);
}

/** The headers of an object with an inferred type, which the caller's own headers override. */
export function withContentType(
  headers: Readonly<Record<string, string>>,
  inferred: string | undefined,
): Readonly<Record<string, string>> {
  return inferred === undefined ? headers : Object.assign({ "content-type": inferred }, headers);
}

/** By the extension of the last name in a path, after a slash of either kind. */
function typeOf(path: string, types: ContentTypes): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = name.lastIndexOf(".");
  // `.gitignore` is a name without an extension.
  if (dot < 1) return undefined;
  const type = types.of(name.slice(dot + 1).toLowerCase());
  if (typeof type !== "string" || type === "") return undefined;
  headerValue(type, "inferContentType");
  return type;
}

/** The local name of a body: of `{ path }`, a file: URL, a file stream, a File, an R2 object. A string is content. */
function localNameOf(body: unknown): unknown {
  if (body instanceof URL) return body;
  if (typeof body !== "object" || body === null) return undefined;
  const { path, name, key } = body as Readonly<Record<"path" | "name" | "key", unknown>>;
  return path ?? name ?? key;
}

function nameOf(path: unknown): string | undefined {
  if (path instanceof URL) return path.pathname;
  return typeof path === "string" ? path : undefined;
}

function isHeaderText(type: unknown): type is string {
  return typeof type === "string" && /^[\x20-\x7e]+$/.test(type);
}
