import { show } from "./fixtures/show.ts";

/** An expectation of `throws`: a value, or a pattern for its text. */
export type Fields<E> = { readonly [K in keyof E]?: E[K] | RegExp };
type ErrorClass<E> = abstract new (...args: never[]) => E;

export class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}

/** The assertions of the contracts. Those of the runtimes differ in messages and in equality. */
export interface Assert {
  ok(value: unknown, what: string): void;
  /** The value, when there is one. */
  present<T>(value: T | null | undefined, what: string): T;
  equal<T>(actual: T, expected: T, what: string): void;
  deepEqual(actual: unknown, expected: unknown, what: string): void;
  bytes(actual: Uint8Array, expected: Uint8Array, what: string): void;
  match(actual: string | undefined, pattern: RegExp, what: string): void;
  /** Resolves with the error, when `action` throws or rejects with one of that class and those fields. */
  throws<E>(action: () => unknown, type: ErrorClass<E>, fields?: Fields<E>): Promise<E>;
}

export const assert: Assert = {
  ok(value, what) {
    if (!value) throw new AssertionFailed(`${what}: got ${show(value)}`);
  },
  present(value, what) {
    if (value === undefined || value === null) throw new AssertionFailed(`${what} is missing`);
    return value;
  },
  equal(actual, expected, what) {
    if (!Object.is(actual, expected)) {
      throw new AssertionFailed(`${what}: expected ${show(expected)}, got ${show(actual)}`);
    }
  },
  deepEqual(actual, expected, what) {
    if (show(actual) !== show(expected)) {
      throw new AssertionFailed(`${what}: expected ${show(expected)}, got ${show(actual)}`);
    }
  },
  bytes(actual, expected, what) {
    if (actual.length !== expected.length) {
      throw new AssertionFailed(`${what}: expected ${expected.length} bytes, got ${actual.length}`);
    }
    for (let at = 0; at < expected.length; at += 1) {
      if (actual[at] !== expected[at]) {
        throw new AssertionFailed(`${what}: byte ${at} is ${actual[at]}, expected ${expected[at]}`);
      }
    }
  },
  match(actual, pattern, what) {
    if (actual === undefined || !pattern.test(actual)) {
      throw new AssertionFailed(`${what}: ${show(actual)} does not match ${pattern}`);
    }
  },
  async throws(action, type, fields = {}) {
    const error = await caught(action);
    if (!(error instanceof type)) {
      throw new AssertionFailed(`expected ${type.name}, got ${show(error)}`);
    }
    for (const [name, expected] of Object.entries(fields)) {
      const actual: unknown = Reflect.get(error as object, name);
      const fits = expected instanceof RegExp ? expected.test(String(actual)) : Object.is(actual, expected);
      if (!fits) {
        throw new AssertionFailed(
          `${name}: expected ${show(expected)}, got ${show(actual)} in ${show(error)}`,
        );
      }
    }
    return error;
  },
};

async function caught(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new AssertionFailed("expected an error, but it succeeded");
}
