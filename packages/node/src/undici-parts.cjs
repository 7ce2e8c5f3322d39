// CommonJS, as undici's own files: for each of them that an ES module imports, a bundler copies everything it exports, with
// a getter for each of them. That is 50 KB of a program's start, enough for one more garbage collection.
const symbols = require("undici/lib/core/symbols.js");

module.exports = {
  Agent: require("undici/lib/dispatcher/agent.js"),
  Client: require("undici/lib/dispatcher/client.js"),
  Pool: require("undici/lib/dispatcher/pool.js"),
  buildConnector: require("undici/lib/core/connect.js"),
  kSocket: symbols.kSocket,
  kParser: symbols.kParser,
};
