/** SHA-1 in a runtime that has it without a promise; results are lower-case hex, texts are UTF-8. */
export interface Sha1 {
  /** SHA-1 as lower-case hex. */
  digest(text: string): string;
  /** HMAC-SHA1 as lower-case hex. */
  hmac(key: string, text: string): string;
}
