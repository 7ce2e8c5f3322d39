// Bundlers for browsers and Workers get this file, and stop at the import below: its name is the message.
import "./@cosup/node runs in Node and Bun: use @cosup/browser in a browser, @cosup/workers in Cloudflare Workers";
