/**
 * Makes `instanceof` true for the same class of another copy of this package. A program may have two: `@cosup/node`
 * contains core, and `@cosup/core` can be imported beside it. Each class has a symbol of its own, which its instances
 * inherit; classes that users derive are compared by their prototype, as usual.
 */
export function recognizeCopies(type: abstract new (...parameters: never) => Error, name: string): void {
  const mark = Symbol.for(`@cosup/core ${name}`);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== type) return Function.prototype[Symbol.hasInstance].call(this as typeof type, value);
      return typeof value === "object" && value !== null && mark in value;
    },
  });
}
