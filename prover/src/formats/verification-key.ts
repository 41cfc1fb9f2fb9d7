// A Groth16 verification key in snarkjs' JSON, read strictly.
import { z } from "zod";
import { type G1, type G2, parseG1, parseG2 } from "./bn254.ts";
import { parseJson } from "./canonical-json.ts";
import { InputError } from "./errors.ts";
import { fieldText, parseWith } from "./schema.ts";

/** A verification key whose points have been checked. */
export interface VerificationKey {
  /** Number of public signals. */
  readonly publicCount: number;
  readonly alpha: G1;
  readonly beta: G2;
  readonly gamma: G2;
  readonly delta: G2;
  /** One point more than there are public signals. */
  readonly ic: readonly G1[];
}

const projective1 = z.tuple([fieldText, fieldText, z.literal("1")]);
const pair = z.tuple([fieldText, fieldText]);
const projective2 = z.tuple([pair, pair, z.tuple([z.literal("1"), z.literal("0")])]);

const schema = z.strictObject({
  protocol: z.literal("groth16"),
  curve: z.literal("bn128"),
  nPublic: z.int().min(1).max(1024),
  vk_alpha_1: projective1,
  vk_beta_2: projective2,
  vk_gamma_2: projective2,
  vk_delta_2: projective2,
  // e(alpha, beta), which snarkjs writes and nothing of ours reads.
  vk_alphabeta_12: z.array(z.array(pair)),
  IC: z.array(projective1),
});

/**
 * A verification key from bytes.
 *
 * @throws InputError `verification-key-malformed`, `bad-json`, points as in `bn254.ts`;
 *   `verification-key-forgeable` - γ = δ, as in a key without a phase-2 contribution: whoever holds it can
 *   forge proofs.
 */
export function parseVerificationKey(bytes: Uint8Array, place = "verification-key.json"): VerificationKey {
  const code = "verification-key-malformed";
  const key = parseWith(schema, parseJson(bytes, place), code, place);
  if (key.IC.length !== key.nPublic + 1) throw new InputError(code, "IC does not fit nPublic", place);
  const g1 = (value: readonly unknown[], name: string): G1 => parseG1(value.slice(0, 2), `${place} ${name}`);
  const g2 = (value: readonly unknown[], name: string): G2 => parseG2(value.slice(0, 2), `${place} ${name}`);
  const gamma = g2(key.vk_gamma_2, "vk_gamma_2");
  const delta = g2(key.vk_delta_2, "vk_delta_2");
  if (gamma.flat().every((c, i) => c === delta.flat()[i])) {
    throw new InputError("verification-key-forgeable", "gamma equals delta: no phase-2 contribution", place);
  }
  return {
    publicCount: key.nPublic,
    alpha: g1(key.vk_alpha_1, "vk_alpha_1"),
    beta: g2(key.vk_beta_2, "vk_beta_2"),
    gamma,
    delta,
    ic: key.IC.map((point, i) => g1(point, `IC[${i}]`)),
  };
}
