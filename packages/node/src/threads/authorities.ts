/**
 * The certificate authorities that a new thread would not trust by itself: those of `tls.setDefaultCACertificates()` hold in the
 * thread that called it. Undefined: it trusts the same, or this Node (before 22.15) does not tell.
 */
export function changedAuthorities(): readonly string[] | undefined {
  const tls = process.getBuiltinModule("node:tls") as Partial<Authorities>;
  const trusted = tls.getCACertificates?.("default") ?? [];
  if (tls.getCACertificates === undefined || trusted.length === 0) return undefined;
  const usual = new Set([...tls.getCACertificates("bundled"), ...tls.getCACertificates("extra")]);
  const isUsual = trusted.length === usual.size && trusted.every((one) => usual.has(one));
  return isUsual ? undefined : trusted;
}

/** Lets this thread trust the authorities that the main thread does. */
export function trust(authorities: readonly string[] | undefined): void {
  const tls = process.getBuiltinModule("node:tls") as Partial<Authorities>;
  if (authorities !== undefined) tls.setDefaultCACertificates?.(authorities);
}

/** Functions of node:tls that Node 20 lacks. */
interface Authorities {
  getCACertificates(type: "default" | "bundled" | "extra"): readonly string[];
  setDefaultCACertificates(certificates: readonly string[]): void;
}
