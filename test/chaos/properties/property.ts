import fc from "fast-check";

/** A property that holds for every input that fast-check generates. */
export interface Property {
  readonly name: string;
  /** Throws with the smallest counterexample, and the seed to find it again. */
  check(cases: number, seed: number): Promise<void>;
}

export function property<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  law: (value: T) => boolean | undefined | void | Promise<void>,
): Property {
  return {
    name,
    check: async (numRuns, seed) => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async (value) => await law(value)),
        { numRuns, seed },
      );
    },
  };
}
