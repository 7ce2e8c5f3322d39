/**
 * The same function, which remembers its results.
 * @param most texts whose result is remembered, the first ones; of all others it is computed each time
 */
export function remembering(most: number, make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let made = known.get(text);
    if (made === undefined) {
      made = make(text);
      if (known.size < most) known.set(text, made);
    }
    return made;
  };
}
