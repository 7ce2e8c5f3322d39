import { ArgumentTypeError } from "../../errors.ts";

/** A Response or Request of any implementation. */
export interface Message {
  readonly body: object | null;
  readonly bodyUsed: boolean;
  readonly headers: { get(name: string): string | null };
  /** Of a Response. */
  readonly status?: number;
  readonly type?: string;
}

/** Checks the shape: those of other realms and of node-fetch are no `instanceof` the global classes. */
export function isMessage(input: object): input is Message {
  if (!("bodyUsed" in input && "body" in input && "headers" in input)) return false;
  const { headers } = input;
  return typeof headers === "object" && headers !== null && "get" in headers;
}

/**
 * The body of a message, and its length if the headers give it for certain. Null: a message without a body, which stands
 * for no bytes.
 * @throws {TypeError} the body was read before, or is missing although the headers give its length
 */
export function messageBody(
  message: Message,
  parameter: string,
): { readonly body: object | null; readonly size: number | undefined } {
  if (message.bodyUsed) {
    throw new ArgumentTypeError(
      parameter,
      "this Response or Request was read before; give a fresh one, or a clone() made earlier",
    );
  }
  const size = lengthOf(message);
  if (message.body !== null) return { body: message.body, size };
  if (message.type?.startsWith("opaque") === true || declaredLength(message) > 0) {
    throw new ArgumentTypeError(
      parameter,
      "this Response or Request has no body (is it of a HEAD, or opaque?)",
    );
  }
  return { body: null, size: 0 };
}

/** The Content-Length, which is also that of encoded content; 0 when there is none. */
function declaredLength({ headers }: Message): number {
  return Number(/^\d+$/.exec(headers.get("content-length") ?? "")?.[0] ?? 0);
}

function lengthOf({ headers, status }: Message): number | undefined {
  const length = headers.get("content-length");
  // The length is that of the encoded body, which fetch has decoded in a Response.
  const decoded = status !== undefined && headers.get("content-encoding") !== null;
  return length === null || decoded || !/^\d+$/.test(length) ? undefined : Number(length);
}
