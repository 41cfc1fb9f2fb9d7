// Every look of the page: each state of the demo, and what opens or appears within one.
import type { Page as Tab } from "playwright-core";
import { demoStates } from "../../src/ui/demo.ts";
import { pressOn } from "../support/press.ts";

/** One look. */
export interface Visit {
  readonly name: string;
  /** Of the demo. */
  readonly state: string;
  /** What is done there. */
  readonly act?: (tab: Tab) => Promise<void>;
}

const press = (selector: string) => async (tab: Tab) => {
  await pressOn(tab.locator(selector));
};

/** A dialog is opened after it was drawn: on a busy machine a moment later. */
const openDialog = (selector: string) => async (tab: Tab) => {
  await press(selector)(tab);
  await tab.locator("dialog[open] h1").waitFor({ state: "attached" });
};

/** What lies behind a press, where screenshots and checks belong as well. */
const WITHIN: readonly Visit[] = [
  { name: "welcome-create", state: "welcome-invited", act: press("main button:nth-of-type(1)") },
  {
    name: "welcome-create-faulty",
    state: "welcome-invited",
    act: async (tab) => {
      await press("main button:nth-of-type(1)")(tab);
      await press("main button[type=submit]")(tab);
    },
  },
  { name: "welcome-restore", state: "welcome", act: press("main .actions button:nth-of-type(2)") },
  {
    name: "link-faulty",
    state: "membership-none",
    act: async (tab) => {
      await tab.locator("main textarea").fill("not a link");
      await press("main button[type=submit]")(tab);
    },
  },
  { name: "words-shown", state: "words", act: press("main .actions button") },
  { name: "poll-details", state: "poll", act: press("main details summary >> nth=0") },
  { name: "choose-incomplete", state: "choose-single", act: press("main button.main") },
  { name: "plain-words", state: "poll", act: openDialog("footer button >> nth=0") },
  { name: "forget", state: "poll", act: openDialog("footer button >> nth=2") },
];

/** All looks, in the order of a member's way. */
export const VISITS: readonly Visit[] = [
  ...Object.keys(demoStates).map((state) => ({ name: state, state })),
  ...WITHIN,
];
