// Poseidon of many pairs by several threads.
import { SCALAR_BYTES } from "../../formats/kernel-points.ts";
import { hashPairBytes } from "../../formats/poseidon-kernels.ts";
import { compileKernels } from "../../wasm/code.ts";
import { Workspace } from "../../wasm/kernels.ts";
import type { KernelModules } from "../../wasm/modules.ts";
import type { Turns } from "../turns.ts";
import { Member } from "./member.ts";
import type { ThreadOptions } from "./port.ts";

const PAIR_BYTES = 2 * SCALAR_BYTES;
/** Pairs that a thread is sent: some 30 ms. */
const SHARE = 1024;
/** Of the calling thread, which has to hear the others: some 7 ms. */
const OWN_SHARE = 256;
/** Messages that a thread has at once, so that it never waits for the calling one. */
const AHEAD = 2;

/** Pairs from … to − 1. */
interface Share {
  readonly from: number;
  readonly to: number;
}

/** The calling thread, and any number of others. What they hash is public. */
export class Hashers {
  readonly #modules: KernelModules;
  readonly #workspace: Workspace;
  #members: readonly Member[];

  private constructor(modules: KernelModules, workspace: Workspace, members: readonly Member[]) {
    this.#modules = modules;
    this.#workspace = workspace;
    this.#members = members;
  }

  /** Those threads that can be started. */
  static async start(threads: ThreadOptions | undefined): Promise<Hashers> {
    const modules = await compileKernels({ relaxedSimd: false });
    const workspace = await Workspace.start(modules);
    const members: Member[] = [];
    try {
      for (let i = 1; i < (threads?.count ?? 1); i++) members.push(new Member(threads!.start()));
    } catch {
      // The others do its work.
    }
    return new Hashers(modules, workspace, members);
  }

  /**
   * The hash of each pair. What a thread does not answer is hashed by the calling one.
   *
   * @param pairs - field elements, 32 bytes each, little-endian, below r.
   * @param onHashed - told how many hashes have come, now and then.
   * @returns 32 bytes for each pair, little-endian.
   * @throws unknown - the reason with which the signal of `turns` fired.
   */
  async hashPairs(pairs: Uint8Array, turns: Turns, onHashed: (count: number) => void): Promise<Uint8Array> {
    const count = pairs.length / PAIR_BYTES;
    const hashes = new Uint8Array(count * SCALAR_BYTES);
    const lost: Share[] = [];
    let next = 0;
    let isOver = false;
    const take = (most: number): Share | undefined => {
      const share = lost.pop();
      if (share !== undefined || next === count) return share;
      const from = next;
      next = Math.min(count, from + most);
      return { from, to: next };
    };
    const bytesOf = ({ from, to }: Share): Uint8Array => pairs.subarray(from * PAIR_BYTES, to * PAIR_BYTES);
    const keep = ({ from, to }: Share, own: Uint8Array): void => {
      if (isOver) return;
      hashes.set(own, from * SCALAR_BYTES);
      onHashed(to - from);
    };
    const help = async (member: Member): Promise<void> => {
      for (let share = take(SHARE); share !== undefined; share = take(SHARE)) {
        const own = await this.#ask(member, bytesOf(share));
        if (own === undefined) {
          lost.push(share);
          return;
        }
        keep(share, own);
      }
    };
    const work = async (): Promise<void> => {
      for (let share = take(OWN_SHARE); share !== undefined; share = take(OWN_SHARE)) {
        keep(share, hashPairBytes(this.#workspace, bytesOf(share)));
        await turns.yield();
      }
    };
    // Few are hashed before a message would have arrived.
    const members = count > SHARE ? this.#members : [];
    const helping = members.flatMap((member) => Array.from({ length: AHEAD }, () => help(member)));
    try {
      await work();
      await turns.wait(Promise.all(helping));
      await work();
      return hashes;
    } finally {
      // Nobody begins another share, and nothing is told any more.
      isOver = true;
      next = count;
      lost.length = 0;
    }
  }

  /** Ends the threads. */
  end(): void {
    for (const member of this.#members) member.end();
    this.#members = [];
  }

  /** Undefined from a thread that is gone, or answers something else, or has no memory: it is asked no more. */
  async #ask(member: Member, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const pairs = new Uint8Array(bytes);
    try {
      const question = { kind: "hash", modules: this.#modules, pairs } as const;
      const { hashes } = await member.ask(question, "hashes", [pairs.buffer as ArrayBuffer]);
      if (hashes.length === bytes.length / 2) return hashes;
    } catch {
      // Told below.
    }
    member.end();
    this.#members = this.#members.filter((other) => other !== member);
    return undefined;
  }
}
