/// <reference types="vite/client" />

/** Address of the prover's worker; booth/vite.config.ts makes it. */
declare module "virtual:booth-worker" {
  const url: string;
  export default url;
}

/** Address of a thread of the prover's engine; booth/vite.config.ts makes it. */
declare module "virtual:booth-thread" {
  const url: string;
  export default url;
}

/** Text of `keys/semaphore.json`, byte for byte. */
declare module "virtual:semaphore-manifest" {
  const text: string;
  export default text;
}
