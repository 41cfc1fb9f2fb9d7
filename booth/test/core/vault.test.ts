// The identity on the device: sealed, written down, brought back; and the way from an invitation to a registration.
import {
  createIdentity,
  InputError,
  invitationLink,
  parseLink,
  pollLink,
  verifyRegistration,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { describe, expect, test } from "@jest/globals";
import { identityOfHex, identityOfWords, recoveryWords } from "../../src/core/vault.ts";
import { Device, engineOf, memberPoll, PAGE_URL, PASSPHRASE, Service } from "./support/world.ts";

const poll = memberPoll();
const { member } = poll;
const invitation = {
  organisation: "Test commune",
  registrarKey: poll.registrar.publicKey,
  rollId: poll.roll.rollId,
  registrarNonce: randomHex(),
};
const KEEP = { method: "passphrase", passphrase: PASSPHRASE } as const;
const hex = Buffer.from(member.privateKey).toString("hex");

const emptyDevice = (): Promise<Device> =>
  Device.open({ service: new Service([poll]), member: null, engine: engineOf(poll) });

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.code;
  }
  throw new Error("expected an InputError");
}

async function rejection(promise: Promise<unknown>): Promise<InputError> {
  const error: unknown = await promise.then(
    () => new Error("nothing was thrown"),
    (thrown) => thrown,
  );
  if (error instanceof InputError) return error;
  throw error;
}

describe("recovery words", () => {
  const words = recoveryWords(member);

  test("are 24, and bring the same identity back", () => {
    expect(words).toHaveLength(24);
    expect(identityOfWords(words.join(" ")).commitment).toBe(member.commitment);
  });

  test("are read whatever their case and spaces", () => {
    expect(identityOfWords(`\n ${words.join("  \n").toUpperCase()} `).commitment).toBe(member.commitment);
  });

  test.each<[string, (good: string[]) => string[]]>([
    ["one too few", (good) => good.slice(1)],
    ["one too many", (good) => [...good, good[0]!]],
    ["two exchanged", (good) => [good[1]!, good[0]!, ...good.slice(2)]],
    ["an unknown one", (good) => good.with(3, "zzz")],
    ["none", () => []],
    ["a word of another list", (good) => good.with(0, "ábaco")],
    ["12 of them", (good) => good.slice(0, 12)],
  ])("are refused: %s", (_name, change) => {
    const changed = change([...words]);
    // Exchanging two words passes the check by chance once in 256: that is not this time, or it is another identity.
    try {
      expect(identityOfWords(changed.join(" ")).commitment).not.toBe(member.commitment);
    } catch (error) {
      expect(error).toMatchObject({ code: "recovery-words-malformed", place: "words" });
      // The same whatever the words are: to look for them in it would find "one", which is on the list.
      expect(String(error)).toBe("InputError: words: not 24 recovery words, or one is wrong");
    }
  });
});

describe("a key", () => {
  test("of 32 bytes in hexadecimal is imported", () => {
    expect(identityOfHex(` ${hex.toUpperCase()}\n`).commitment).toBe(member.commitment);
  });

  test.each(["", hex.slice(2), `${hex}00`, `0x${hex.slice(2)}`, hex.replace(/./, "g")])(
    "is refused: %#",
    (text) => {
      expect(codeOf(() => identityOfHex(text))).toBe("identity-malformed");
    },
  );
});

describe("joining", () => {
  test("goes from an invitation over an identity and its words to a registration", async () => {
    const device = await emptyDevice();
    expect(device.expectAt("welcome")).toEqual({ at: "welcome", invitation: null, waits: false });
    await device.booth.openLink(invitationLink(PAGE_URL, invitation));
    expect(device.expectAt("welcome").invitation).toEqual(invitation);
    await device.booth.createIdentity(KEEP);
    const { words } = device.expectAt("words");
    const { commitment } = identityOfWords(words.join(" "));
    device.booth.wordsWritten();
    const { membership } = await device.untilAt("membership");
    expect(membership).toMatchObject(invitation);
    const { link, file, fileName } = membership!.request;
    const handed = parseLink(link);
    if (handed.kind !== "registration") throw new Error("no registration");
    expect(JSON.parse(new TextDecoder().decode(file))).toEqual(handed.registration);
    expect(fileName).toMatch(/^registration-[0-9a-f]{8}\.json$/);
    expect(verifyRegistration(handed.registration, invitation).commitment).toBe(commitment);
    expect(link.startsWith(`${PAGE_URL}#registration=`)).toBe(true);
    expect(device.service.seen).toEqual([]);
  });

  test("shows the words again until they were written down", async () => {
    const device = await emptyDevice();
    await device.booth.createIdentity(KEEP);
    const { words } = device.expectAt("words");
    await device.reload();
    device.expectAt("locked");
    await device.booth.unlock(PASSPHRASE);
    expect(device.expectAt("words").words).toEqual(words);
    device.booth.wordsWritten();
    await device.untilAt("membership");
    await device.reload();
    await device.booth.unlock(PASSPHRASE);
    expect(device.expectAt("membership").membership).toBeNull();
  });

  test("by restored words shows none, and goes on to the poll that was linked to", async () => {
    const device = await emptyDevice();
    await device.booth.openLink(pollLink(PAGE_URL, poll.pollId));
    expect(device.expectAt("welcome")).toMatchObject({ invitation: null, waits: true });
    await device.booth.restoreIdentity({ words: recoveryWords(member).join(" ") }, KEEP);
    expect((await device.untilAt("poll")).session).toMatchObject({ onRoll: true, knownRegistrar: false });
  });

  test("keeps what was restored locked at rest", async () => {
    const device = await emptyDevice();
    await device.booth.restoreIdentity({ key: hex }, KEEP);
    device.expectAt("membership");
    const stored = await device.storedBytes();
    expect(stored).not.toContain(hex);
    expect(stored).not.toContain(Buffer.from(member.privateKey).toString("latin1"));
    expect(stored).not.toContain(PASSPHRASE);
  });

  test("refuses bad words and keys without a trace", async () => {
    const device = await emptyDevice();
    const bad = [{ words: "one two three" }, { key: "ab" }];
    for (const source of bad) await rejection(device.booth.restoreIdentity(source, KEEP));
    expect(await device.storage.list("identity")).toEqual([]);
    device.expectAt("welcome");
  });

  test("refuses a passphrase that is too short, and stays where it was", async () => {
    const device = await emptyDevice();
    const { code } = await rejection(
      device.booth.createIdentity({ method: "passphrase", passphrase: "short" }),
    );
    expect(code).toBe("secret-file-passphrase");
    device.expectAt("welcome");
    expect(await device.storage.list("identity")).toEqual([]);
  });

  test("takes a second invitation to the same roll, and the newest is shown", async () => {
    const device = await Device.open({ service: new Service([poll]), member, engine: engineOf(poll) });
    await device.booth.unlock(PASSPHRASE);
    const again = { ...invitation, registrarNonce: randomHex() };
    const elsewhere = { ...invitation, rollId: "00".repeat(32) };
    for (const each of [invitation, elsewhere, again]) {
      await device.booth.openLink(invitationLink(PAGE_URL, each));
      expect(device.expectAt("membership").membership).toMatchObject(each);
    }
    await device.reload();
    await device.booth.unlock(PASSPHRASE);
    expect(device.expectAt("membership").membership).toMatchObject(again);
    expect(await device.storage.list("membership")).toHaveLength(2);
  });

  test("waits for the unlocking where the device is locked", async () => {
    const device = await Device.open({ service: new Service([poll]), member, engine: engineOf(poll) });
    await device.booth.openLink(invitationLink(PAGE_URL, invitation));
    device.expectAt("locked");
    await device.booth.unlock(PASSPHRASE);
    expect(device.expectAt("membership").membership).toMatchObject(invitation);
  });

  test.each<[string, string, string]>([
    ["no link", "hello", "link-malformed"],
    ["a broken invitation", `${PAGE_URL}#join=e30`, "invitation-malformed"],
  ])("refuses %s", async (_name, link, code) => {
    const device = await emptyDevice();
    expect((await rejection(device.booth.openLink(link))).code).toBe(code);
    device.expectAt("welcome");
  });

  test("refuses another member's registration", async () => {
    const device = await Device.open({ service: new Service([poll]), member, engine: engineOf(poll) });
    await device.booth.unlock(PASSPHRASE);
    await device.booth.openLink(invitationLink(PAGE_URL, invitation));
    const { link } = device.expectAt("membership").membership!.request;
    expect((await rejection(device.booth.openLink(link))).code).toBe("link-other-kind");
  });
});

describe("unlocking", () => {
  test("says when the passphrase is wrong, and opens with the right one", async () => {
    const device = await Device.open({ service: new Service([poll]), member, engine: engineOf(poll) });
    expect(device.expectAt("locked")).toEqual({ at: "locked", unlock: "passphrase", wrong: false });
    for (const wrong of ["twelve letters and moro", "short"]) {
      await device.booth.unlock(wrong);
      expect(device.expectAt("locked").wrong).toBe(true);
    }
    await device.booth.unlock(PASSPHRASE);
    device.expectAt("membership");
  });

  test("by a passkey asks it for its secret, and nobody for a passphrase", async () => {
    const device = await emptyDevice();
    await device.booth.createIdentity({ method: "passkey" });
    device.booth.wordsWritten();
    await device.untilAt("membership");
    await device.reload();
    expect(device.expectAt("locked").unlock).toBe("passkey");
    const asked: Uint8Array[] = [];
    const { secretOf } = device.passkeys;
    device.passkeys.secretOf = async (id) => {
      asked.push(id);
      return secretOf(id);
    };
    await device.booth.unlock();
    device.expectAt("membership");
    expect(asked).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  test("by a passkey that says no stays locked, and says why", async () => {
    const device = await emptyDevice();
    await device.booth.createIdentity({ method: "passkey" });
    await device.reload();
    device.passkeys.secretOf = async () => {
      throw new DOMException("the user said no", "NotAllowedError");
    };
    expect((await rejection(device.booth.unlock())).code).toBe("passkey-unavailable");
    device.expectAt("locked");
  });

  test("is undone by locking: the key is gone from memory, and choosing asks for the passphrase", async () => {
    const device = await Device.atPoll(
      { service: new Service([poll]), member, engine: engineOf(poll) },
      poll,
    );
    device.booth.lock();
    device.expectAt("locked");
    await device.booth.openPoll(poll.pollId);
    expect(device.expectAt("poll").session.onRoll).toBeNull();
    await device.booth.startChoosing();
    device.expectAt("locked");
    await device.booth.unlock(PASSPHRASE);
    expect(device.expectAt("choose").session.onRoll).toBe(true);
  });

  test("of a device that was forgotten is over", async () => {
    const device = await Device.atPoll(
      { service: new Service([poll]), member, engine: engineOf(poll) },
      poll,
    );
    await device.choose([0, 1, 0]);
    await device.booth.forgetDevice();
    expect(device.expectAt("welcome")).toEqual({ at: "welcome", invitation: null, waits: false });
    for (const store of ["identity", "drafts", "files", "membership"] as const) {
      expect(await device.storage.keys(store)).toEqual([]);
    }
    await device.reload();
    device.expectAt("welcome");
  });
});

test("another member's identity finds that it is not on the roll", async () => {
  const stranger = createIdentity();
  const device = await Device.atPoll(
    { service: new Service([poll]), member: stranger, engine: engineOf(poll) },
    poll,
  );
  expect(device.expectAt("poll").session.onRoll).toBe(false);
  await device.booth.startChoosing();
  device.expectAt("poll");
});
