/**
 * Calls `listener` before each call of a method of this object, until the returned function is called. An object that
 * cannot be changed is left as it is.
 */
export function onCall(
  target: object,
  name: string,
  listener: (values: readonly unknown[]) => void,
): () => void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") return () => {};
  const own = Object.getOwnPropertyDescriptor(target, name);
  const wrapper = function (this: unknown, ...values: unknown[]): unknown {
    listener(values);
    return Reflect.apply(original, this, values);
  };
  const set = Reflect.defineProperty(target, name, {
    value: wrapper,
    configurable: true,
    enumerable: false,
    writable: true,
  });
  return () => {
    // Other code may have replaced the method meanwhile.
    if (!set || Reflect.get(target, name) !== wrapper) return;
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Reflect.defineProperty(target, name, own);
  };
}
