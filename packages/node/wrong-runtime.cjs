// Bundlers for browsers and Workers get this file, and stop at the call below: its argument is the message.
require("./@cosup/node runs in Node and Bun: use @cosup/browser in a browser, @cosup/workers in Cloudflare Workers");
