import type { CorsRule } from "./configuration.ts";

/** What of a cross-origin request the rules are compared with. */
export interface CrossOriginRequest {
  readonly origin: string;
  /** Of a preflight, the method that it asks for. */
  readonly method: string;
  /** The headers that a preflight asks for, in lower case. */
  readonly headers: readonly string[];
}

/** The first rule that allows a request. */
export function matchingRule(
  rules: readonly CorsRule[],
  { origin, method, headers }: CrossOriginRequest,
): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.methods.includes(method) &&
      rule.origins.some((pattern) => matches(pattern, origin)) &&
      headers.every((name) => rule.headers.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
}

/** The headers of a response that a rule allows a page to read. */
export function corsHeaders(rule: CorsRule, { origin }: CrossOriginRequest): Record<string, string> {
  const everyone = rule.origins.includes("*");
  return {
    // Browsers refuse credentials together with the wildcard.
    ...(!everyone && { "Access-Control-Allow-Credentials": "true" }),
    "Access-Control-Allow-Methods": rule.methods.join(","),
    "Access-Control-Allow-Origin": everyone ? "*" : origin,
    ...(rule.exposed.length > 0 && { "Access-Control-Expose-Headers": rule.exposed.join(",") }),
    ...(rule.maxAgeSeconds !== undefined && { "Access-Control-Max-Age": String(rule.maxAgeSeconds) }),
  };
}

/** The same for a preflight: it also names the headers that the page may send. */
export function preflightHeaders(rule: CorsRule, request: CrossOriginRequest): Record<string, string> {
  const open = rule.headers.some((pattern) => pattern.includes("*"));
  const allowed = open ? request.headers : rule.headers.map((name) => name.toLowerCase());
  return {
    ...corsHeaders(rule, request),
    ...(allowed.length > 0 && { "Access-Control-Allow-Headers": allowed.join(",") }),
  };
}

/** Whether a text matches a pattern with at most one `*`, which stands for any characters or none. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= pattern.length - 1 && text.startsWith(before) && text.endsWith(after);
}
