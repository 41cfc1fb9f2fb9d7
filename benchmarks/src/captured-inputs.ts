// What the library hands to an engine, caught before any proof is made: the same inputs can then be given to any
// engine, in any process or page. They hold the secrets of made-up members.
import type { CircuitInput, CircuitInputs, Engine } from "@commune-zk/prover";

/**
 * The inputs of the proof that a function of the library asks its engine for.
 *
 * @param prove - calls the library with the engine that it is given.
 * @throws Error - what the library throws before it asks, or that it asked for nothing.
 */
export async function capturedInputs(prove: (engine: Engine) => Promise<unknown>): Promise<CircuitInputs> {
  let inputs: CircuitInputs | undefined;
  const stop = new Error("that was all");
  const engine: Engine = {
    prove(options) {
      inputs = options.inputs;
      return Promise.reject(stop);
    },
    dispose: () => Promise.resolve(),
  };
  await prove(engine).catch((error: unknown) => {
    if (error !== stop) throw error;
  });
  if (inputs === undefined) throw new Error("the library asked its engine for nothing");
  return inputs;
}

/** Inputs as JSON of decimal strings, for a page or a process. */
export function inputsToJson(inputs: CircuitInputs): string {
  return JSON.stringify(inputs, (_name, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** The reverse of {@link inputsToJson}, for text of our own. */
export function inputsFromJson(text: string): CircuitInputs {
  return fieldElements(JSON.parse(text)) as CircuitInputs;
}

/** Decimal strings, at any depth, as bigints. */
function fieldElements(value: unknown): CircuitInput | CircuitInputs {
  if (typeof value === "string") return BigInt(value);
  if (Array.isArray(value)) return value.map((part) => fieldElements(part) as CircuitInput);
  return Object.fromEntries(
    Object.entries(value as object).map(([name, part]) => [name, fieldElements(part) as CircuitInput]),
  );
}
