/** What one statement of a policy allows or denies. */
export interface PolicyStatement {
  readonly effect: "allow" | "deny";
  /** `name/cos:PutObject`, `name/cos:Get*`, `*`. Case counts. */
  readonly action: string | readonly string[];
  /** `qcs::cos:{region}:uid/{appid}:{bucket}/{key}`, with `*` for any text, or only `*`. */
  readonly resource: string | readonly string[];
  /** Values by condition key, by operator: `{ ip_equal: { "qcs:ip": ["10.0.0.0/8"] } }`. All of them must hold. */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, ConditionValue>>>>;
}

export type ConditionValue = string | number | boolean | readonly (string | number | boolean)[];

/**
 * What a temporary key may do, in the form that STS takes. A request that a statement denies is refused; otherwise one
 * that a statement allows is accepted; any other is refused.
 */
export interface Policy {
  readonly version: "2.0";
  readonly statement: PolicyStatement | readonly PolicyStatement[];
}

/** A request, as policies see it. */
export interface PolicySubject {
  /** The names of the action without `name/cos:`. A statement applies if it has one of them. */
  readonly actions: readonly string[];
  readonly region: string;
  /** `{bucket}/{key}`; several where COS's documents name several. A statement applies if it has one of them. */
  readonly resources: readonly string[];
  /** The value of a condition key. Undefined: the request has none. */
  readonly fact: (key: string) => string | undefined;
}

/** A value or a list of values, as policies allow everywhere. */
export function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
