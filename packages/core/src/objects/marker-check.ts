import { CosError } from "../errors.ts";

/**
 * Notices that the pages of a list go in circles, which would be listed for ever. Only one earlier marker is kept, and a
 * later one in its place after twice as many pages (Brent's algorithm): a circle is noticed in time proportional to its length.
 */
export class MarkerCheck {
  readonly #operation: string;
  #last: string;
  #kept: string;
  #pages = 0;
  #keepAt = 1;

  /** @param first where the list begins */
  constructor(operation: string, first: string) {
    this.#operation = operation;
    this.#last = first;
    this.#kept = first;
  }

  /**
   * Takes the marker of the next page.
   * @throws {CosError} `unexpected-response`: it is empty, or pages have begun there before
   */
  next(marker: string): void {
    if (marker === "" || marker === this.#last || marker === this.#kept) throw this.#circle();
    this.#last = marker;
    this.#pages += 1;
    if (this.#pages !== this.#keepAt) return;
    this.#kept = marker;
    this.#keepAt *= 2;
  }

  #circle(): CosError {
    return new CosError(`${this.#operation}: the list does not advance after ${this.#pages + 1} pages`, {
      code: "unexpected-response",
      retryable: false,
      hint: "the endpoint, or a proxy before it, does not page lists as COS does",
    });
  }
}
