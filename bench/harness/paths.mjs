import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const benchFolder = fileURLToPath(new URL("..", import.meta.url));

/** Source files and compiled peers. They are created once and are not in git. */
export const cacheFolder = `${benchFolder}.cache/`;
export const resultsFolder = `${benchFolder}results/`;

/** The WASM core that the packages contain. */
export const coreFile = `${repository}core-as/dist/cosup.wasm`;

/** A certificate for 127.0.0.1, its key, and `ca.pem`, the authority that a client has to trust. */
export const tlsFolder = `${repository}test/fixtures/tls/`;
