import type { Receipt } from "./run.ts";

/**
 * Fails if an instruction of a run has never fired: a test whose fault did not happen has tested nothing.
 *
 * @throws {Error} naming the instructions
 */
export function expectAllFired(receipt: Receipt): void {
  const unfired = receipt.instructions.filter(({ fired }) => fired === 0);
  if (unfired.length === 0) return;
  const lines = unfired.map(({ instruction, matched }) => {
    const index = receipt.instructions.findIndex((other) => other.instruction === instruction);
    return `  [${index}] ${JSON.stringify(instruction)}: never fired, ${matched} of ${receipt.requests} requests matched`;
  });
  throw new Error(`fault run "${receipt.run}":\n${lines.join("\n")}`);
}
