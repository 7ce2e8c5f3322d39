/** Whether a path is one of `blocked` or below one. */
export function isBlocked(path: string, blocked: ReadonlySet<string>): boolean {
  if (blocked.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
    if (blocked.has(path.slice(0, end))) return true;
  return false;
}
