// Parts of @commune-zk/prover that need Node: files of directories.
export { directoryArtifactSource } from "./node/artifacts.ts";
export { fileCloserStore } from "./node/closer-store.ts";
export { directoryPublicFiles, writePublicFiles } from "./node/public-files.ts";
export { allowRelaxedSimd } from "./node/relaxed-simd.ts";
export { replaceFile } from "./node/replace-file.ts";
export { semaphorePackageDirectory } from "./node/semaphore-artifacts.ts";
export { nodeThreads } from "./node/threads.ts";
