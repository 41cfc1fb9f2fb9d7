// Unlocking by a passkey: a virtual authenticator of the browser, with and without the PRF extension.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, CDPSession } from "playwright-core";
import { launchChromium } from "../../../benchmarks/src/browser/chromium.ts";
import { pressOn } from "../support/press.ts";
import { type BoothService, startBooth } from "./support/election.ts";
import { Member } from "./support/member.ts";
import type { Wire } from "./support/wire.ts";

const MINUTES = 60_000;

let booth: BoothService;
let browser: Browser;
let wire: Wire;

beforeAll(async () => {
  booth = await startBooth("passkeys");
  [browser, wire] = await Promise.all([launchChromium(), booth.wire()]);
}, 2 * MINUTES);

afterAll(async () => {
  await browser?.close();
  await booth?.close();
});

/** A device at the question how the identity shall be kept, with an authenticator in it. */
async function atKeeping(hasPrf: boolean): Promise<{ member: Member; authenticator: Authenticator }> {
  const member = await Member.arrive(browser, wire.origin);
  await member.open();
  const authenticator = await Authenticator.plugIn(member, hasPrf);
  await pressOn(member.tab.getByRole("button", { name: member.m.welcome.first }));
  await pressOn(member.tab.getByLabel(member.m.keep.passkey), "Space");
  return { member, authenticator };
}

/** A virtual authenticator that says yes, unless told. */
class Authenticator {
  readonly #session: CDPSession;
  readonly #authenticatorId: string;

  private constructor(session: CDPSession, authenticatorId: string) {
    this.#session = session;
    this.#authenticatorId = authenticatorId;
  }

  static async plugIn(member: Member, hasPrf: boolean): Promise<Authenticator> {
    const session = await member.context.newCDPSession(member.tab);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        hasPrf,
      },
    });
    return new Authenticator(session, authenticatorId);
  }

  credentials(): Promise<{ credentials: readonly { credentialId: string }[] }> {
    return this.#session.send("WebAuthn.getCredentials", { authenticatorId: this.#authenticatorId });
  }

  async forgetAll(): Promise<void> {
    await this.#session.send("WebAuthn.clearCredentials", { authenticatorId: this.#authenticatorId });
  }
}

test(
  "an identity kept by a passkey is encrypted at rest, and opens with it alone",
  async () => {
    const { member, authenticator } = await atKeeping(true);
    const { m } = member;
    await member.press(m.create.submit);
    await member.at(m.words.title);
    await member.writeDownWords();
    await member.at(m.membership.noneTitle);
    expect((await authenticator.credentials()).credentials).toHaveLength(1);
    const stored = (await member.stored()).database["identity/identity"]!;
    expect(stored).toContain("unlock:passkey");
    // docs/spec/secret-file.md: what stands there is Argon2id's salt and a ciphertext.
    const file = Buffer.from(/file:([0-9a-f]+)/.exec(stored)![1]!, "hex").toString();
    expect(file).toContain("commune-zk/secret-file/v1");

    await member.tab.reload();
    await member.at(m.locked.title);
    expect(await member.tab.getByLabel(m.locked.passphrase).count()).toBe(0);
    await member.press(m.locked.unlockPasskey);
    await member.at(m.membership.noneTitle);

    await member.press(m.app.lock);
    await member.at(m.locked.title);
    await authenticator.forgetAll();
    await member.press(m.locked.unlockPasskey);
    await member.reads(m.faults.passkey.what);
    await member.at(m.locked.title);
    await member.context.close();
    expect(member.faults).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "an authenticator that has no PRF is refused, and nothing is stored",
  async () => {
    const { member } = await atKeeping(false);
    const { m } = member;
    await member.press(m.create.submit);
    await member.reads(m.faults.passkey.what);
    await member.at(m.create.title);
    expect((await member.stored()).database).toEqual({});
    await member.context.close();
    expect(member.faults).toEqual([]);
  },
  2 * MINUTES,
);
