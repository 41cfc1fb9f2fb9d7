// Lists of numbers over the scalar field, for the kernels that compute with polynomials: in lanes where there are such.
import { type Domain, NUMBER_BYTES, type Workspace } from "../wasm/kernels.ts";
import { LANE_BYTES, LANES_BYTES, type Lanes } from "../wasm/lanes.ts";

/** Those kernels, and how they have numbers: in lists, and each by itself, as transforms take roots of unity. */
export interface Lists {
  readonly domain: Domain;
  /** Address of room for a list of n numbers. */
  allocate(n: number): number;
  /** Address of room for n numbers by themselves. */
  allocateEach(n: number): number;
  /** Makes n numbers of the scalar kernels, |value| < 8 r, a list. */
  put(list: number, n: number, numbers: number): void;
  /** The same, each by itself. */
  putEach(each: number, n: number, numbers: number): void;
}

/** The lists of a workspace: in lanes where it has them. */
export function listsOf(workspace: Workspace): Lists {
  const { lanes } = workspace;
  return lanes === undefined ? scalarLists(workspace) : laneLists(workspace, lanes);
}

/** Lists of the scalar kernels. */
export function scalarLists(workspace: Workspace): Lists {
  const allocate = (n: number): number => workspace.allocate(n * NUMBER_BYTES);
  const put = (to: number, n: number, numbers: number): void =>
    workspace.bytes(to, n * NUMBER_BYTES).set(workspace.bytes(numbers, n * NUMBER_BYTES));
  return { domain: workspace.kernels, allocate, allocateEach: allocate, put, putEach: put };
}

/** Lists of the kernels of relaxed SIMD. */
export function laneLists(workspace: Workspace, lanes: Lanes): Lists {
  return {
    domain: lanes,
    allocate: (n) => workspace.allocate(Math.ceil(n / 2) * LANES_BYTES),
    allocateEach: (n) => workspace.allocate(n * LANE_BYTES),
    put: (list, n, numbers) => lanes.frToLanes(list, n, numbers),
    putEach: (each, n, numbers) => lanes.frFromScalarEach(each, n, numbers),
  };
}
