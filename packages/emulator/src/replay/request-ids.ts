import type { PeekedRequest } from "../faults/peek-request.ts";
import { mix } from "./random.ts";

/** What a request is about, as far as a client of any concurrency sends it in every run. */
export interface Subject {
  readonly operation: string;
  readonly key: string;
  readonly partNumber?: number | undefined;
}

/** A request, named by what it is about and by how many such requests came before. */
export interface RequestId {
  /** A number of 32 bits. */
  readonly id: number;
  /** Counted from 1: the requests of the same operation, key and part number. */
  readonly attempt: number;
}

/**
 * Numbers the requests of a run so that the order in which a concurrent client sends them does not count: part 3 has the
 * same id whether it comes before part 2 or after it. Ids of uploads, which are random, are no part of it.
 */
export class RequestIds {
  readonly #counts = new Map<string, number>();

  next(subject: Subject): RequestId {
    const about = textOf(subject);
    const attempt = (this.#counts.get(about) ?? 0) + 1;
    this.#counts.set(about, attempt);
    return { id: hash(about, attempt), attempt };
  }
}

/** What a request is about. One of no known operation is named by its method. */
export function subjectOf({ operation, address, partNumber }: PeekedRequest, method: string): Subject {
  return { operation: operation ?? method, key: address?.key ?? "", partNumber };
}

/** The id of a request without counting it. */
export function requestIdOf(subject: Subject, attempt: number): number {
  return hash(textOf(subject), attempt);
}

function textOf({ operation, key, partNumber }: Subject): string {
  return `${operation} ${key} ${partNumber ?? ""}`;
}

function hash(about: string, attempt: number): number {
  return [...about].reduce((hashed, character) => mix(hashed, character.codePointAt(0) ?? 0), attempt);
}
