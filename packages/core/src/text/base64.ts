/** Standard base64 with padding, for the few bytes of a digest. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
