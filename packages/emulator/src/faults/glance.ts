import { presignedFields } from "../auth/fields.ts";
import { CosFault } from "../errors.ts";
import { type Address, type AddressBook, locate } from "../request/address.ts";
import { normaliseHeaders } from "../request/headers.ts";
import { type OperationName, recognise } from "../request/operation.ts";
import { Query } from "../request/query.ts";
import type { EmulatorCredentials, EmulatorRequest } from "../types.ts";

/** A run's name, wherever it stands. */
export const RUN_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** What a request seems to be, before anything of it is judged. */
export interface Glance {
  readonly address: Address | undefined;
  /** Undefined: nothing that the emulator knows. */
  readonly operation: OperationName | undefined;
  readonly partNumber: number | undefined;
  /** The run that it names. */
  readonly run: string | undefined;
}

export function glance(
  request: EmulatorRequest,
  book: AddressBook,
  credentials: readonly EmulatorCredentials[],
): Glance {
  const headers = normaliseHeaders(request.headers);
  const address = attempt(() => locate(request.target, headers.get("host"), book));
  const query = new Query(address?.query ?? "");
  const scope = !address?.key ? (address?.bucket === undefined ? "service" : "bucket") : "object";
  const operation = address && attempt(() => recognise(request.method, scope, query, headers));
  const partNumber = query.get("partNumber") ?? "";
  return {
    address,
    operation,
    partNumber: /^\d{1,9}$/.test(partNumber) ? Number(partNumber) : undefined,
    run: headers.get("x-cosup-run") ?? runOfKey(headers.get("authorization"), query, credentials),
  };
}

/**
 * `AKID…@run`: clients that cannot add a header have a SecretId all the same, and it takes no part in the signature.
 */
function runOfKey(
  authorization: string | undefined,
  query: Query,
  credentials: readonly EmulatorCredentials[],
): string | undefined {
  const secretId =
    authorization === undefined
      ? attempt(() => presignedFields(query))?.secretId
      : /(?:^|&)q-ak=([^&]*)/.exec(authorization)?.[1];
  const at = secretId?.lastIndexOf("@") ?? -1;
  if (secretId === undefined || at < 0) return undefined;
  return credentials.some((pair) => pair.secretId === secretId) ? undefined : secretId.slice(at + 1);
}

/** A refusal comes later, when the request is judged. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof CosFault) return undefined;
    throw error;
  }
}
