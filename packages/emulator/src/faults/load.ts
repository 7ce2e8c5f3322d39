import { readFile } from "node:fs/promises";
import type { Instruction } from "./instruction.ts";
import { FaultScriptError, validateScript } from "./validate.ts";

/**
 * Reads a fault script from a JSON file: an array of instructions.
 *
 * @throws {FaultScriptError} if the file is not JSON or not a valid script; the message names the file and the field
 * @example
 * const cos = await startEmulator({ ...options, faults: await loadFaults("faults.json") });
 */
export async function loadFaults(path: string): Promise<readonly Instruction[]> {
  const text = await readFile(path, "utf8");
  try {
    return validateScript(JSON.parse(text)).map((rule) => rule.instruction);
  } catch (error) {
    const field = error instanceof FaultScriptError ? error.field : "";
    throw new FaultScriptError(
      `${path}${field}`,
      error instanceof Error ? withoutField(error, field) : String(error),
    );
  }
}

function withoutField(error: Error, field: string): string {
  return field === "" ? `is not JSON: ${error.message}` : error.message.slice(field.length + 2);
}
