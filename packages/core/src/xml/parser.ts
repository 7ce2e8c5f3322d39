/**
 * The XML parser, as a module of its own: `@cosup/node` leaves it out of what it loads at start.
 *
 * @module
 */
export { XMLParser } from "fast-xml-parser";
