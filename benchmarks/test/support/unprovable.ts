// A statement that no engine can prove.
import { SUBGROUP_ORDER } from "@commune-zk/prover";
import type { PreparedWorkload } from "../../src/harness/workloads.ts";

/** The same statement by somebody whose secret is out of range. */
export function unprovable(workload: PreparedWorkload): PreparedWorkload {
  const inputs = JSON.parse(workload.inputs) as Record<string, unknown>;
  return { ...workload, inputs: JSON.stringify({ ...inputs, secret: String(SUBGROUP_ORDER) }) };
}
