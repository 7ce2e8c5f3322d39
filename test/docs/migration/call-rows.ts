import { expect } from "vitest";
import { disagreements, effectOf, prepareKey } from "./effect.ts";
import { runExpression, type Scope } from "./evaluate.ts";
import type { CallRow } from "./pages.ts";
import type { MigrationRig } from "./rig.ts";

/**
 * Runs both columns of a row on equal keys, and compares what they leave behind and what they return.
 * @param theirs the variables that only the left column uses
 */
export async function compareColumns(
  rig: MigrationRig,
  row: CallRow,
  Key: string,
  theirs: Scope,
): Promise<void> {
  const before = await runColumn(rig, row.theirs, Key, theirs);
  const after = await runColumn(rig, row.ours, Key, { cos: rig.cos });
  expect(after.effect).toEqual(before.effect);
  expect(disagreements(before.result, after.result)).toEqual([]);
}

/** Runs one cell on a key that was prepared for it. */
export async function runColumn(rig: MigrationRig, code: string, Key: string, scope: Scope) {
  const prepared = await prepareKey(rig, Key, code);
  const result = await runExpression(code, { ...rig.scope, ...prepared, ...scope });
  return { result, effect: await effectOf(rig, Key) };
}
