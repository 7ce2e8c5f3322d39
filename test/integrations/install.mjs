// Runs once, before the tests of the examples.
import { ensurePackages } from "../../scripts/bootstrap.mjs";

export function setup() {
  ensurePackages("examples/integrations");
}
