/// <reference types="vite/client" />

/** Address of the prover's worker; booth/vite.config.ts makes it. */
declare module "virtual:booth-worker" {
  const url: string;
  export default url;
}
