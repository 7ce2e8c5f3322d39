import { CosErrorResponse } from "../errors.ts";
import { type Content, children, malformed, textOf, wordOf, wordsOf } from "../xml/parse.ts";
import { element, type Markup } from "../xml/render.ts";

/** Which pages of other origins may send which requests, and read what of the responses. */
export interface CorsRule {
  readonly id?: string;
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** The cross-origin configuration of a bucket. The first rule that matches a request applies. */
export interface CorsConfiguration {
  readonly rules: readonly CorsRule[];
  /** Whether responses to cross-origin requests have `Vary: Origin`. Undefined: not configured, so no. */
  readonly responseVary?: boolean;
}

/** Largest document of PUT Bucket cors. */
export const MAX_CORS_BYTES = 64 * 1024;
const MAX_RULES = 100;
const METHODS: ReadonlySet<string> = new Set(["PUT", "GET", "POST", "DELETE", "HEAD"]);

/** Reads the document of PUT Bucket cors, and checks what COS documents of it. */
export function corsIn(root: Content): CorsConfiguration {
  const rules = children(root, "CORSRule").map(parseRule);
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformed();
  const vary = wordOf(root, "ResponseVary");
  if (vary !== undefined && vary !== "true" && vary !== "false") throw malformed();
  return { rules, ...(vary !== undefined && { responseVary: vary === "true" }) };
}

/** The document of GET Bucket cors. */
export function renderCors({ rules, responseVary }: CorsConfiguration): Markup {
  return element("CORSConfiguration", [
    ...rules.map((rule) =>
      element("CORSRule", [
        rule.id === undefined ? undefined : element("ID", rule.id),
        ...rule.origins.map((origin) => element("AllowedOrigin", origin)),
        ...rule.methods.map((method) => element("AllowedMethod", method)),
        ...rule.headers.map((header) => element("AllowedHeader", header)),
        ...rule.exposed.map((header) => element("ExposeHeader", header)),
        rule.maxAgeSeconds === undefined ? undefined : element("MaxAgeSeconds", rule.maxAgeSeconds),
      ]),
    ),
    responseVary === undefined ? undefined : element("ResponseVary", responseVary),
  ]);
}

function parseRule(node: Content): CorsRule {
  const id = textOf(node, "ID");
  const origins = listOf(node, "AllowedOrigin");
  const methods = listOf(node, "AllowedMethod");
  const headers = listOf(node, "AllowedHeader");
  const exposed = listOf(node, "ExposeHeader");
  if (origins.length === 0 || methods.length === 0) throw malformed();
  for (const method of methods) if (!METHODS.has(method)) throw invalid("AllowedMethod", method);
  for (const origin of origins) if (wildcards(origin) > 1) throw invalid("AllowedOrigin", origin);
  for (const header of headers) if (!isHeaderPattern(header)) throw invalid("AllowedHeader", header);
  for (const header of exposed) if (!isHeaderName(header)) throw invalid("ExposeHeader", header);
  return {
    ...(id !== undefined && { id }),
    origins,
    methods,
    headers,
    exposed,
    ...maxAge(wordOf(node, "MaxAgeSeconds")),
  };
}

/** Some clients send one empty element for an empty list. */
function listOf(node: Content, name: string): readonly string[] {
  return wordsOf(node, name).filter((text) => text !== "");
}

function maxAge(text: string | undefined): { maxAgeSeconds?: number } {
  if (text === undefined || text === "") return {};
  if (!/^\d{1,9}$/.test(text)) throw invalid("MaxAgeSeconds", text);
  return { maxAgeSeconds: Number(text) };
}

function wildcards(text: string): number {
  return text.split("*").length - 1;
}

/** A name with at most one `*`. Responses to preflights list them. */
function isHeaderPattern(text: string): boolean {
  return isHeaderName(text.replace("*", "x"));
}

/** A list of these becomes a header of responses; `*`, though a token of HTTP, is not supported. */
function isHeaderName(text: string): boolean {
  return /^[A-Za-z0-9!#$%&'+.^_`|~-]+$/.test(text);
}

function invalid(name: string, value: string): CosErrorResponse {
  return new CosErrorResponse("InvalidArgument", `The ${name} ${JSON.stringify(value)} is not valid.`);
}
