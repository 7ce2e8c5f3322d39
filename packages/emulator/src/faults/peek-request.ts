import { presignedFields } from "../auth/fields.ts";
import { CosErrorResponse } from "../errors.ts";
import { type Address, type AddressBook, locate } from "../request/address.ts";
import { normaliseHeaders } from "../request/headers.ts";
import { type OperationName, recognise } from "../request/operation.ts";
import { Query } from "../request/query.ts";
import { bookFor, dialectOf } from "../s3/dialect.ts";
import { headersFromS3 } from "../s3/request-headers.ts";
import type { EmulatorCredentials, EmulatorRequest } from "../types.ts";

/** The form of a run's name. */
export const RUN_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** What a request seems to be, before any check. */
export interface PeekedRequest {
  readonly address: Address | undefined;
  /** Undefined: not an operation of the emulator. */
  readonly operation: OperationName | undefined;
  readonly partNumber: number | undefined;
  /** The fault run that the request names. */
  readonly run: string | undefined;
}

/** Reads operation, part number and fault run from a request without verifying it. */
export function peekRequest(
  request: EmulatorRequest,
  book: AddressBook,
  credentials: readonly EmulatorCredentials[],
): PeekedRequest {
  const headers = normaliseHeaders(request.headers);
  const dialect = dialectOf(request.target, headers);
  const address = attempt(() => locate(request.target, headers.get("host"), bookFor(dialect, book)));
  const query = attempt(() => new Query(address?.query ?? "")) ?? new Query("");
  const scope = !address?.key ? (address?.bucket === undefined ? "service" : "bucket") : "object";
  const named = (dialect === "s3" && attempt(() => headersFromS3(headers, query, ""))) || headers;
  const operation = address && attempt(() => recognise(request.method, scope, query, named));
  const partNumber = query.get("partNumber") ?? "";
  return {
    address,
    operation,
    partNumber: /^\d{1,9}$/.test(partNumber) ? Number(partNumber) : undefined,
    run: headers.get("x-cosup-run") ?? runOfKey(headers.get("authorization"), query, credentials),
  };
}

/**
 * The run in `AKID…@run`, for clients that cannot add a header: the SecretId is not part of what is signed.
 */
function runOfKey(
  authorization: string | undefined,
  query: Query,
  credentials: readonly EmulatorCredentials[],
): string | undefined {
  const secretId =
    authorization === undefined
      ? (attempt(() => presignedFields(query))?.secretId ?? query.get("X-Amz-Credential")?.split("/", 1)[0])
      : /(?:^|&)q-ak=([^&]*)|Credential=([^/,]+)/.exec(authorization)?.slice(1).find(Boolean);
  const at = secretId?.lastIndexOf("@") ?? -1;
  if (secretId === undefined || at < 0) return undefined;
  return credentials.some((pair) => pair.secretId === secretId) ? undefined : secretId.slice(at + 1);
}

/** Undefined instead of a refusal: the request is refused later, when it is verified. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CosErrorResponse) return undefined;
    throw error;
  }
}
