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
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new FaultScriptError(path, `cannot be read: ${error.message}`);
  });
  try {
    return validateScript(JSON.parse(text)).map((rule) => rule.instruction);
  } catch (error) {
    if (!(error instanceof FaultScriptError)) {
      throw new FaultScriptError(path, `is not JSON: ${error instanceof Error ? error.message : error}`);
    }
    const { field, message } = error;
    throw new FaultScriptError(`${path}: ${field}`, message.slice(field.length + 2));
  }
}
