/** A source as a report shows it: a URL without its query, which may be a signature. */
export function publicSource(source: string): string {
  if (!/^https?:/i.test(source)) return source;
  const end = source.search(/[?#]/);
  return end === -1 ? source : source.slice(0, end);
}
