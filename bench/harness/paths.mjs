import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const benchFolder = fileURLToPath(new URL("..", import.meta.url));

/** Sources and compiled peers: made once, not kept in git. */
export const cacheFolder = `${benchFolder}.cache/`;
export const resultsFolder = `${benchFolder}results/`;

/** Our core, as it ships. */
export const coreFile = `${repository}core-as/dist/cosup.wasm`;
