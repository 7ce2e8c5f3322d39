import { backoffMs, parseRetryAfter } from "../../../packages/core/src/http/backoff.ts";
import { serverTime, serviceError } from "../../../packages/core/src/http/service-error.ts";
import { crc64Header, unquote } from "../../../packages/core/src/requests/response-checksums.ts";
import { percentDecode } from "../../../packages/core/src/text/percent.ts";
import {
  elementsOf,
  numberOf,
  textOf,
  type XmlDocument,
  type XmlElement,
} from "../../../packages/core/src/xml/document.ts";
import { readXml } from "../../../packages/core/src/xml/read.ts";
import { readPlainXml } from "../../../packages/core/src/xml/read-plain.ts";
import { Random } from "../../../packages/core/test/support/random.ts";
import { pick } from "../simulation/pick.ts";
import { bombs, DOCUMENTS, EXPANDED, HEADER_VALUES } from "./documents.ts";
import { injured } from "./mutate.ts";

const NAMES = [
  "Code",
  "Message",
  "Key",
  "UploadId",
  "ETag",
  "Part",
  "Upload",
  "Size",
  "PartNumber",
  "__proto__",
  "constructor",
];

/** Feeds the parsers with malformed responses and entity bombs; returns what they did wrong. */
export function fuzzParsers(inputs: number, seed: number): string[] {
  const random = new Random(seed);
  const failures: string[] = [];
  const explosive = bombs();
  for (let input = 0; input < inputs && failures.length < 10; input += 1) {
    const document =
      input < explosive.length ? (explosive[input] ?? "") : injured(random, pick(random, DOCUMENTS));
    const header =
      random.next() < 0.5 ? pick(random, HEADER_VALUES) : injured(random, pick(random, HEADER_VALUES));
    try {
      const wrong = look(document) ?? lookAtHeader(header, document, random);
      if (wrong !== undefined)
        failures.push(`${wrong}: ${JSON.stringify(document.slice(0, 200))} ${JSON.stringify(header)}`);
    } catch (error) {
      failures.push(
        `threw ${String(error)}: ${JSON.stringify(document.slice(0, 200))} ${JSON.stringify(header)}`,
      );
    }
  }
  return failures;
}

function look(document: string): string | undefined {
  return lookAs(readXml(document), document) ?? lookAs(readPlainXml(document), document);
}

function lookAs(read: XmlDocument | undefined, document: string): string | undefined {
  if (read === undefined) return undefined;
  const texts: string[] = [read.root];
  collect(read.element, texts, 0);
  // Every parsed text occurs in the document: nothing was expanded or fetched.
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > document.length) return `${length} characters out of ${document.length}`;
  if (document.includes("<!ENTITY") && texts.some((text) => text.includes(EXPANDED)))
    return "an entity was expanded";
  return "polluted" in {} ? "the prototype was polluted" : undefined;
}

function collect(element: XmlElement, texts: string[], depth: number): void {
  for (const name of NAMES) {
    const text = textOf(element, name);
    if (text !== undefined) texts.push(text);
    const number = numberOf(element, name);
    if (number !== undefined && !(number >= 0)) throw new Error(`the number ${number}`);
    if (depth < 3) for (const child of elementsOf(element, name)) collect(child, texts, depth + 1);
  }
}

function lookAtHeader(value: string, document: string, random: Random): string | undefined {
  const headers = { get: () => value, forEach: () => {} };
  const crc64 = crc64Header(headers);
  if (crc64 !== undefined && (crc64 < 0n || String(crc64) !== String(BigInt(value)))) return `CRC64 ${crc64}`;
  const retryAfterMs = parseRetryAfter(value, 1_700_000_000_000);
  const delay = backoffMs(random.between(1, 8), retryAfterMs, () => random.next());
  // With a delay of NaN, a client would retry at once or never.
  if (!(delay >= 0 && delay <= 63_000)) return `a delay of ${delay} ms`;
  const error = serviceError(
    "fuzz",
    pick(random, [200, 302, 400, 403, 404, 409, 429, 500, 503]),
    headers,
    readPlainXml(document),
  );
  if (typeof error.retryable !== "boolean" || typeof error.code !== "string")
    return "an error without a verdict";
  serverTime(headers, readXml(document));
  unquote(value);
  percentDecode(value);
  return undefined;
}
