import { FLEET } from "./fleet.ts";
import { OBJECTS } from "./objects.ts";
import { OWN } from "./own.ts";
import { PROGRAM } from "./program.ts";
import { TRANSFERS } from "./transfers.ts";
import { UPLOADS_AND_EMULATOR } from "./uploads-and-emulator.ts";

/**
 * The texts of help in Simplified Chinese, by the English text as it stands in the source. A changed English text needs its
 * entry changed; test/chinese-help.test.ts finds the ones that are missing or no longer used.
 */
export const SIMPLIFIED_CHINESE: Readonly<Record<string, string>> = {
  ...PROGRAM,
  ...TRANSFERS,
  ...OBJECTS,
  ...UPLOADS_AND_EMULATOR,
  ...FLEET,
  ...OWN,
};
