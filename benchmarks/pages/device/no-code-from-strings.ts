// Has to be the first import of page and worker: zod tries whether it may compile code from strings, which the policy
// forbids, and browsers report the try.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
