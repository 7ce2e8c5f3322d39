/**
 * What the lines of the adapters are for that were added on purpose after {@link BASE}, by the commits that added them. The
 * lines of a commit that is not here count as the adapter itself: of the present work as well as of older commits.
 */
export const PURPOSES = {
  "faults of sources and folders: links, exchanged folders, FIFOs, handles, metadata, no free descriptor": [
    "1b390967",
    "47239c93",
    "ca9f6abd",
    "8c37648e",
    "0ec676c8",
    "153c7660",
    "8cfb3ec0",
    "ccf2f0a9",
    "075703a5",
    "d55900e4",
  ],
  "faults of locks: ended threads, abandoned locks, no home directory": ["75494321", "ee140d66", "7aa373a4"],
  "faults of HTTP: deadlines by progress, interim responses, aborts, very large parts": [
    "1ab4846a",
    "a0d66d65",
    "8a5d135f",
    "d42d1ade",
    "b0a9fd2e",
    "413485f5",
  ],
  "dispatchers of undici 6, 7 and 8, and uploads over HTTP/2 that are aborted": ["3e7dbf7f", "fc8e50c1"],
  proxies: ["e56d5c7a", "7201fc03", "a844a9fb"],
  "start-up: what is not loaded before the first request": [
    "1064c875",
    "d9f2c40b",
    "0a35eb7e",
    "89e33e8d",
    "4f10ef72",
  ],
  "CommonJS, and hints in the wrong runtime": ["e1503a2f", "43d3d3ae", "4882c8b4"],
  downloads: ["82987490", "062cc0c4"],
  "streams, forms, lists and digests as subpaths": ["3e4a88ea", "b8d3b152", "0bf01799"],
  "checkpoints: true": ["3af34a13"],
  bandwidthLimit: ["2554e463", "b24f15a2"],
  "hooks, diagnostics channels and the log of the command line": ["6967a4f3", "10d7a787"],
  "filters and the order of keys for sync": ["5f04197f", "6e91d3f9", "aa557b21"],
  "parts of local files in blocks": ["f1f456c3", "f3239017", "c28efaf3"],
  "HTTP/2 of a caller's dispatcher and of a caller's client in Deno": ["6ea3996e", "3837e438", "6d8eb9a3"],
  "memory that grows, and bodies that have lost their bytes": [
    "73cfaacc",
    "fa5b7b77",
    "6b8e80b0",
    "231334e5",
  ],
};
