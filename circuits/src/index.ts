export { type CompiledCircuit, circuitNames, compileCircuit, REPOSITORY_ROOT } from "./compile.ts";
export {
  type Constraint,
  type LinearCombination,
  type R1cs,
  type R1csHeader,
  readR1cs,
  readR1csHeader,
} from "./r1cs.ts";
