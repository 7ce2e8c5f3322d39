/** A response that is whole and plain. */
export interface ShortResponse {
  readonly status: number;
  readonly reason: Buffer;
  /** Each with its name and its value. */
  readonly fields: readonly (readonly [Buffer, Buffer])[];
  readonly body: readonly Buffer[];
  /** All that follows the head. */
  readonly rest: Buffer;
}

/** COS's responses to all but lists and downloads. */
const LONGEST = 4096;
const STATUS_LINE = /HTTP\/1\.1 ([2-5]\d\d) ([ -~]+)\r\n/y;
/** A value that neither begins nor ends with a space. */
const FIELD = /([\w!#$%&'*+.^`|~-]+): ?([!-~](?:[ -~]*[!-~])?)\r\n/y;
/** The fields that decide where a response ends and what becomes of its connection. */
const FRAMING = /^(?:connection|content-length|proxy-connection|transfer-encoding|upgrade)$/i;
/** What they say of a response whose connection is kept. */
const PLAIN_FRAMING =
  /^(?:connection:keep-alive )?(?:content-length:(0|[1-9]\d{0,3})|transfer-encoding:chunked) (?:connection:keep-alive )?$/i;
const CHUNK_SIZE = /([\da-f]{1,3})\r\n/iy;

/**
 * Reads a response as COS sends it to a part. Undefined for every other one: whatever is unusual, long or not yet there as a
 * whole is left to a parser that knows all of HTTP.
 */
export function readShortResponse(chunk: Buffer): ShortResponse | undefined {
  if (chunk.length > LONGEST) return undefined;
  const text = chunk.toString("latin1");
  STATUS_LINE.lastIndex = 0;
  const [line, status = "", reason = ""] = STATUS_LINE.exec(text) ?? [""];
  // These two have no body, whatever their fields say.
  if (line === "" || status === "204" || status === "304") return undefined;
  const fields: [Buffer, Buffer][] = [];
  let at = line.length;
  let framing = "";
  for (FIELD.lastIndex = at; ; at = FIELD.lastIndex) {
    const [field, name = "", value = ""] = FIELD.exec(text) ?? [""];
    if (field === "") break;
    if (FRAMING.test(name)) framing += `${name}:${value} `;
    const end = at + field.length - 2;
    fields.push([chunk.subarray(at, at + name.length), chunk.subarray(end - value.length, end)]);
  }
  const rest = chunk.subarray(at + 2);
  const body = text.startsWith("\r\n", at) ? bodyOf(framing, rest, text.slice(at + 2)) : undefined;
  if (body === undefined) return undefined;
  const end = line.length - 2;
  return { status: Number(status), reason: chunk.subarray(end - reason.length, end), fields, body, rest };
}

/** The body in its pieces, if it is all of `rest`. */
function bodyOf(framing: string, rest: Buffer, text: string): Buffer[] | undefined {
  const [plain, length] = PLAIN_FRAMING.exec(framing) ?? [];
  if (plain === undefined) return undefined;
  if (length === undefined) return chunksOf(rest, text);
  if (Number(length) !== rest.length) return undefined;
  return rest.length > 0 ? [rest] : [];
}

function chunksOf(rest: Buffer, text: string): Buffer[] | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    CHUNK_SIZE.lastIndex = at;
    const [line, digits = ""] = CHUNK_SIZE.exec(text) ?? [""];
    if (line === "") return undefined;
    const start = at + line.length;
    const end = start + Number.parseInt(digits, 16);
    if (!text.startsWith("\r\n", end)) return undefined;
    at = end + 2;
    if (end === start) return at === text.length ? chunks : undefined;
    chunks.push(rest.subarray(start, end));
  }
}
