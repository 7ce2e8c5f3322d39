import type { Instruction } from "../faults/instruction.ts";
import type { OperationName } from "../request/operation.ts";
import type { Exchange } from "./recording.ts";

/**
 * The instructions that make an exchange go wrong again, as it did: its faults; or, if it had none, its refusal or its end
 * without a response. What became of it under its faults is left to the emulator, so that its data stays consistent.
 */
export function instructionsOf(exchange: Exchange, op: OperationName): Instruction[] {
  const { faults, response, hungUp, request } = exchange;
  if (faults.length > 0) {
    return faults.flatMap(({ when, fault }) => {
      // Its key pair is in no recording.
      if (fault.kind === "rotate-credentials" && !("secretKey" in fault)) return [];
      return { op, when, fault: fault as Instruction["fault"] };
    });
  }
  // What was refused after its body was read is read again.
  const when = request.body?.whole === true ? "after-body-before-commit" : "before-headers";
  if (hungUp !== undefined) {
    // Whether a middleware had closed the connection with FIN or RST is not known: the client got no response.
    if (hungUp === "stop-reading") return [{ op, when: "before-headers", fault: hungUp }];
    return [{ op, when, fault: hungUp === "close" ? "reset" : hungUp }];
  }
  if (response === undefined || response.status < 400) return [];
  const code = response.code === undefined ? {} : { code: response.code };
  return [{ op, when, fault: { kind: "status", status: response.status, ...code } }];
}
