// The stored files of each key set are those of its manifest, and nothing else passes for them.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { canonicalBytes, HOURS_CIRCUITS, type KeyManifest, parseManifest } from "@commune-zk/prover";
import { checkFiles, KEY_SET_NAMES, KEY_SETS, layout } from "../src/index.ts";

const ARTIFACTS = join(REPOSITORY_ROOT, "keys/artifacts");

test.each(KEY_SET_NAMES)(
  "the stored %s set has every file of its manifest, and no other circuit",
  async (set) => {
    const { circuits } = await checkFiles(ARTIFACTS, set);
    expect(Object.keys(circuits).sort()).toEqual([...KEY_SETS[set].circuits].sort());
  },
);

test("no circuit is in two sets, and the hours circuits are those of the hours set", () => {
  const names = KEY_SET_NAMES.flatMap((set) => KEY_SETS[set].circuits);
  expect(new Set(names).size).toBe(names.length);
  expect(KEY_SETS.hours.circuits).toEqual(Object.keys(HOURS_CIRCUITS));
});

describe("a copy of the hours set", () => {
  let copy: string;
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), "commune-zk-keys-"));
    await cp(join(ARTIFACTS, "hours"), join(copy, "hours"), { recursive: true });
  });
  afterEach(() => rm(copy, { recursive: true }));

  const file = (path: string): string => join(copy, "hours", path);

  async function changeManifest(change: (circuits: KeyManifest["circuits"]) => void): Promise<void> {
    const { manifest } = parseManifest(await readFile(file(layout.manifest)));
    change(manifest.circuits);
    await writeFile(file(layout.manifest), canonicalBytes(manifest));
  }

  test.each([
    layout.wasm("hours-1"),
    layout.provingKey("hours-4"),
    layout.verificationKey("hours-1"),
    layout.transcript("hours-4"),
  ])("with one bit of %s changed is refused", async (path) => {
    const bytes = await readFile(file(path));
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file(path), bytes);
    await expect(checkFiles(copy, "hours")).rejects.toThrow(`${path} is not the file of the manifest`);
  });

  test("with a longer file is refused", async () => {
    const path = layout.wasm("hours-1");
    await writeFile(file(path), Buffer.concat([await readFile(file(path)), Buffer.alloc(1)]));
    await expect(checkFiles(copy, "hours")).rejects.toThrow(`${path} is not the file of the manifest`);
  });

  test("without a circuit is refused", async () => {
    await changeManifest((circuits) => void delete circuits["hours-4"]);
    await expect(checkFiles(copy, "hours")).rejects.toThrow("the manifest of hours is for hours-1");
  });

  test("with another circuit than hours is refused", async () => {
    await changeManifest((circuits) => {
      circuits["ballot-wide-20"] = circuits["hours-4"]!;
    });
    await expect(checkFiles(copy, "hours")).rejects.toThrow("is for ballot-wide-20, hours-1, hours-4");
  });

  test("whose circuits are swapped is refused by their transcripts", async () => {
    await changeManifest((circuits) => {
      [circuits["hours-1"], circuits["hours-4"]] = [circuits["hours-4"]!, circuits["hours-1"]!];
    });
    await expect(checkFiles(copy, "hours")).rejects.toThrow(
      `${layout.transcript("hours-4")} does not say what the manifest says`,
    );
  });
});
