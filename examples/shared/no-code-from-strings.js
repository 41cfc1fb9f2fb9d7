// The first import of whatever uses the prover in a page. zod, which reads the prover's documents, tries once whether
// it may compile code from strings; the page's policy forbids it, and browsers report the try.
globalThis.__zod_globalConfig = { jitless: true };
