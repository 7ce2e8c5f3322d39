/**
 * The names of all cases, for the script that starts the runtimes. Cases are registered in suite.ts.
 *
 * @module
 */
import { suite } from "./suite.ts";

export { emulatorSetup, settingsFor } from "./emulator-settings.ts";

/** Every case; a runtime that ends early has no verdict for some. */
export const caseNames: readonly string[] = suite.map(({ name }) => name);

/** The modules that cases need, by the names of the cases: a runtime that lacks one lacks the case. */
export const needs: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  suite.map((contract) => [contract.name, contract.needs]),
);
