import type { Assert } from "../assert.ts";
import { textBytes } from "../fixtures/bytes.ts";
import type { SentRequest } from "../fixtures/faults.ts";
import { md5Base64 } from "../reference/md5.ts";
import { CONTENT } from "./calls.ts";
import type { ParameterRow } from "./rows.ts";

type Expectation = (t: Assert, request: SentRequest, value: unknown) => void;

/** What a request must be like, for places that are neither a header nor a query parameter. */
const IN_WORDS: Readonly<Record<string, Expectation>> = {
  bucket: (t, { url }, value) => t.equal(new URL(url).pathname.split("/")[1], String(value), "the bucket"),
  key: (t, { url }, value) =>
    t.equal(decodeURIComponent(new URL(url).pathname.split("/")[2] ?? ""), String(value), "the key"),
  body: (t, { body }) => t.bytes(body ?? textBytes(""), CONTENT, "the body"),
  "content-md5": (t, { headers }) => t.equal(headers["content-md5"], md5Base64(CONTENT), "Content-MD5"),
  metadata: (t, { headers }, value) => {
    for (const [name, text] of Object.entries(value as object)) t.equal(headers[name], text, name);
  },
  source: (t, { headers }, value) => {
    const { Bucket, Key, Region, VersionId } = value as Readonly<Record<string, string>>;
    const source = `${Bucket}.cos.${Region}.myqcloud.com/${Key}?versionId=${VersionId}`;
    t.equal(headers["x-cos-copy-source"], source, "x-cos-copy-source");
  },
  "parts of the document": (t, { body }) => {
    const text = new TextDecoder().decode(body);
    t.ok(text.includes("<Part><PartNumber>1</PartNumber><ETag>&quot;e&quot;</ETag></Part>"), text);
  },
  // Its effect is a refusal, which the case asks for.
  length: (t, { body }, value) => t.equal(body?.length, Number(value), "bytes of the body"),
};

/** The request has the parameter where the row says. */
export function expectSent(
  t: Assert,
  { sent, parameter }: ParameterRow,
  request: SentRequest,
  value: unknown,
): void {
  const inWords = IN_WORDS[sent];
  if (inWords !== undefined) inWords(t, request, value);
  else if (sent.startsWith("?"))
    t.equal(new URL(request.url).searchParams.get(sent.slice(1)), String(value), parameter);
  else t.equal(request.headers[sent], String(value), parameter);
}
