export { type BuildKeysOptions, buildKeys } from "./build-keys.ts";
export { KEY_SET_NAMES, KEY_SETS, type KeySet, type KeySetName, layout } from "./layout.ts";
export { makePhase1, PHASE1_POWER, packPhase1, unpackPhase1 } from "./phase1.ts";
export { checkFiles, type VerifyKeysOptions, verifyKeys } from "./verify-keys.ts";
