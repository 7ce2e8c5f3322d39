/** The host as sent and, if it has a port, without it: clients sign either. */
export function hostForms(host: string): readonly string[] {
  // The Node SDK signs the authority with its port, the Python SDK without.
  const bare = host.replace(/:\d+$/, "");
  return bare === host ? [host] : [host, bare];
}
