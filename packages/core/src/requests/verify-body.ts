import type { DigestCore } from "../digest/digest-core.ts";
import { IntegrityError, TransportError } from "../errors.ts";
import type { BodyCheck, CheckBody } from "../http/body-check.ts";
import { crc64Header } from "./response-checksums.ts";

const HINT = "the bytes were changed on their way or in a cache: discard them and read the object again";

/**
 * Checks the body of a GET Object at its end: as many bytes as its Content-Length, and for a whole object the CRC64 of
 * `x-cos-hash-crc64ecma`. A range has no checksum of its own. Where nobody can tell whether the runtime has unpacked the
 * body, one of another length counts as unpacked: such a runtime checks the length itself, before it unpacks.
 * @param core computes the CRC64; undefined: only the length is checked
 */
export function verifyBody(operation: string, core: DigestCore | undefined): CheckBody {
  return (response) => {
    if (response.decoded === true) return undefined;
    const length = response.headers.get("content-length");
    const crc64 = response.status === 200 ? crc64Header(response.headers) : undefined;
    const check = new VerifyingCheck(operation, length, core, core === undefined ? undefined : crc64);
    return response.decoded === "unknown" ? unlessUnpacked(check, length) : check;
  };
}

/** Checks only a body that has the length of the response. */
function unlessUnpacked(check: BodyCheck, length: string | null): BodyCheck {
  let received = 0;
  return {
    add: (chunk) => {
      received += chunk.length;
      check.add(chunk);
    },
    end: () => {
      if (length !== null && received === Number(length)) check.end();
    },
  };
}

class VerifyingCheck implements BodyCheck {
  readonly #operation: string;
  readonly #length: string | null;
  readonly #core: DigestCore | undefined;
  readonly #expected: bigint | undefined;
  #received = 0;
  #crc64 = 0n;

  constructor(
    operation: string,
    length: string | null,
    core: DigestCore | undefined,
    expected: bigint | undefined,
  ) {
    this.#operation = operation;
    this.#length = length;
    this.#core = core;
    this.#expected = expected;
  }

  add(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#expected !== undefined) this.#crc64 = this.#core?.crc64(chunk, this.#crc64) ?? 0n;
  }

  end(): void {
    if (this.#length !== null && this.#received !== Number(this.#length)) {
      const text = `${this.#operation}: the body ended after ${this.#received} of ${this.#length} bytes`;
      throw new TransportError(text, "reset");
    }
    if (this.#expected === undefined || this.#crc64 === this.#expected) return;
    throw new IntegrityError(
      `${this.#operation}: the bytes that arrived are not the object's: CRC64`,
      { expected: String(this.#expected), actual: String(this.#crc64) },
      { hint: HINT },
    );
  }
}
