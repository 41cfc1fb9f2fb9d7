// A page that does nothing but let a worker prove: what a booth's time is compared with.
import type { CircuitInput, CircuitInputs } from "@commune-zk/prover";
import type { BareJob, BarePage, BareProof } from "../../src/browser/bare-proof.ts";

let job: BareJob | null = null;

const page: BarePage = {
  async load(wasmUrl, provingKeyUrl, inputs) {
    job = {
      wasm: await bytesAt(wasmUrl),
      provingKey: await bytesAt(provingKeyUrl),
      inputs: fieldElements(JSON.parse(inputs)) as CircuitInputs,
    };
  },

  async prove() {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const answer = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = reject;
      });
    try {
      await answer();
      const proven = answer() as Promise<BareProof | { readonly failed: string }>;
      worker.postMessage(job);
      const made = await proven;
      if ("failed" in made) throw new Error(made.failed);
      return made;
    } finally {
      worker.terminate();
    }
  },
};
Object.assign(globalThis, { barePage: page });

async function bytesAt(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Decimal strings, at any depth, as bigints. */
function fieldElements(value: unknown): CircuitInput | CircuitInputs {
  if (typeof value === "string") return BigInt(value);
  if (Array.isArray(value)) return value.map((part) => fieldElements(part) as CircuitInput);
  return Object.fromEntries(
    Object.entries(value as object).map(([name, part]) => [name, fieldElements(part) as CircuitInput]),
  );
}
