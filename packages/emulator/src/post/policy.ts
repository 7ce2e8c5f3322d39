import { CosErrorResponse } from "../errors.ts";

/** What a policy allows a form to contain. */
export interface Policy {
  /** Milliseconds since the epoch. */
  readonly expiration: number;
  readonly conditions: readonly Condition[];
}

export type Condition =
  | { readonly kind: "eq" | "starts-with"; readonly field: string; readonly value: string }
  | { readonly kind: "content-length-range"; readonly min: number; readonly max: number };

/** Every policy must bind the signature to a key and a time. */
const REQUIRED = ["q-sign-algorithm", "q-ak", "q-sign-time"] as const;

/** Reads the JSON text of a policy. */
export function parsePolicy(text: string): Policy {
  const document = parseJson(text);
  if (!isRecord(document) || !Array.isArray(document.conditions)) throw unreadable("It has no conditions.");
  const expiration = typeof document.expiration === "string" ? Date.parse(document.expiration) : Number.NaN;
  if (Number.isNaN(expiration)) throw unreadable("Its expiration is not a date.");
  return { expiration, conditions: document.conditions.flatMap(parseCondition) };
}

/** Compares the fields of a form with a policy. `fieldOf` takes a name in lower case. */
export function checkPolicy(
  policy: Policy,
  fieldOf: (name: string) => string | undefined,
  now: number,
): void {
  if (now >= policy.expiration) throw denied("Policy expired.");
  for (const name of REQUIRED) {
    if (!policy.conditions.some((condition) => "field" in condition && condition.field === name)) {
      throw denied(`The policy has no condition for ${name}.`);
    }
  }
  for (const condition of policy.conditions) {
    if (condition.kind === "content-length-range") continue;
    const actual = fieldOf(condition.field);
    const { kind, field, value } = condition;
    const holds = kind === "eq" ? actual === value : actual?.startsWith(value);
    if (!holds) throw denied(`Policy condition failed: ${JSON.stringify([kind, `$${field}`, value])}`);
  }
}

/** The bytes of a file, if their number is within the policy's range. */
export async function* withinRange(
  content: AsyncIterable<Uint8Array>,
  policy: Policy | undefined,
): AsyncGenerator<Uint8Array> {
  const ranges = (policy?.conditions ?? []).filter((condition) => condition.kind === "content-length-range");
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (ranges.some(({ max }) => size > max)) throw outOfRange("EntityTooLarge");
    yield chunk;
  }
  if (ranges.some(({ min }) => size < min)) throw outOfRange("EntityTooSmall");
}

function parseCondition(item: unknown): readonly Condition[] {
  if (isRecord(item)) {
    return Object.entries(item).map(([name, value]) => {
      if (typeof value !== "string") throw unreadable(`The value of ${JSON.stringify(name)} is not a text.`);
      return { kind: "eq", field: name.toLowerCase(), value };
    });
  }
  const [kind, first, second] = Array.isArray(item) && item.length === 3 ? (item as unknown[]) : [];
  if (kind === "content-length-range") {
    const [min, max] = [Number(first), Number(second)];
    if (Number.isInteger(min) && Number.isInteger(max)) return [{ kind, min, max }];
  }
  if ((kind === "eq" || kind === "starts-with") && typeof first === "string" && typeof second === "string") {
    if (first.startsWith("$")) return [{ kind, field: first.slice(1).toLowerCase(), value: second }];
  }
  throw unreadable(`It has the unknown condition ${JSON.stringify(item)}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable("It is not JSON.");
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(reason: string): CosErrorResponse {
  return new CosErrorResponse("InvalidArgument", `The policy cannot be read. ${reason}`);
}

function denied(reason: string): CosErrorResponse {
  return new CosErrorResponse("AccessDenied", reason);
}

function outOfRange(code: "EntityTooLarge" | "EntityTooSmall"): CosErrorResponse {
  return new CosErrorResponse(code, "Condition key content-length-range doesn't match the value");
}
