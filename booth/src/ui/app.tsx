// The page around the screens: masthead, notice of development keys, sheet, footer, and a voice.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Booth, BoothState } from "../core/state.ts";
import { formatOf, LANGUAGES, type Language, preferredLanguage } from "../i18n/format.ts";
import { MESSAGES } from "../i18n/index.ts";
import type { Messages } from "../i18n/messages.ts";
import { Forget, PlainWords } from "./dialogs.tsx";
import { type Page, PageContext, useBoothState } from "./page.ts";
import { Button, Failed } from "./parts.tsx";
import { Casting } from "./screens/casting.tsx";
import { Check } from "./screens/check.tsx";
import { Choose } from "./screens/choose.tsx";
import { Hours } from "./screens/hours.tsx";
import { Locked } from "./screens/locked.tsx";
import { MembershipScreen } from "./screens/membership.tsx";
import { PetitionScreen } from "./screens/petition.tsx";
import { PollScreen } from "./screens/poll.tsx";
import { ReceiptScreen } from "./screens/receipt.tsx";
import { Refused } from "./screens/refused.tsx";
import { Review } from "./screens/review.tsx";
import { SignInScreen } from "./screens/sign-in.tsx";
import { Loading, Starting } from "./screens/waiting.tsx";
import { Welcome } from "./screens/welcome.tsx";
import { Words } from "./screens/words.tsx";

/** States in which no identity is unlocked. */
const WITHOUT_IDENTITY: readonly BoothState["at"][] = ["starting", "welcome", "locked"];

/** A sentence for those who listen. */
interface Said {
  readonly id: number;
  readonly text: string;
}

/** How many of them stay. */
const SAID = 3;

/**
 * The whole page.
 *
 * @param props - what it shows; `asked` are the languages that the reader asks for, best first, `linkFault` is the
 *   code of what was wrong with the link in the address bar.
 */
export function App({
  booth,
  asked,
  linkFault,
}: {
  readonly booth: Booth;
  readonly asked: readonly string[];
  readonly linkFault: string | null;
}) {
  const state = useBoothState(booth);
  const [language, setLanguage] = useState<Language>(() => preferredLanguage(asked));
  const [dialog, setDialog] = useState<"plain" | "forget" | null>(null);
  const sheet = useRef<HTMLElement>(null);
  const [said, setSaid] = useState<readonly Said[]>([]);
  // Each sentence is an element of its own: two in one breath are both read out, and the same one twice as well.
  const say = useCallback(
    (text: string) => setSaid((last) => [...last, { id: (last.at(-1)?.id ?? 0) + 1, text }].slice(-SAID)),
    [],
  );
  const askToForget = useCallback(() => setDialog("forget"), []);
  const m = MESSAGES[language];
  const format = useMemo(() => formatOf(language, asked), [language, asked]);
  const page: Page = useMemo(
    () => ({ booth, m, format, say, askToForget }),
    [booth, m, format, say, askToForget],
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <PageContext.Provider value={page}>
      <div class="page">
        <header>
          <button type="button" class="skip unseen" onClick={() => sheet.current?.focus()}>
            {m.app.skip}
          </button>
          <div class="masthead">
            <p>
              <Mark />
              {m.app.name}
            </p>
            <Languages m={m} language={language} onChange={setLanguage} />
          </div>
          {booth.developmentKeys && (
            <aside class="rehearsal" aria-label={m.app.development.title}>
              <details>
                <summary>{m.app.development.title}</summary>
                <p>{m.app.development.text}</p>
              </details>
            </aside>
          )}
        </header>
        <main class="sheet" ref={sheet} tabIndex={-1} key={screenOf(state)}>
          {"session" in state && state.session.offline && <p class="notice warn">{m.app.offline}</p>}
          <Failed code={linkFault} />
          <Screen state={state} />
        </main>
        <footer class="footer">
          <Button kind="plain" onPress={() => setDialog("plain")}>
            {m.app.plain}
          </Button>
          {!WITHOUT_IDENTITY.includes(state.at) && (
            <Button kind="plain" onPress={() => booth.lock()}>
              {m.app.lock}
            </Button>
          )}
          {state.at !== "starting" && state.at !== "welcome" && (
            <Button kind="plain" onPress={askToForget}>
              {m.app.forget}
            </Button>
          )}
        </footer>
        <div class="unseen" role="status" aria-atomic="false">
          {said.map(({ id, text }) => (
            <p key={id}>{text}</p>
          ))}
        </div>
      </div>
      {dialog === "plain" && <PlainWords onClose={() => setDialog(null)} />}
      {dialog === "forget" && <Forget onClose={() => setDialog(null)} />}
    </PageContext.Provider>
  );
}

/** Names the screen: another name is a new one, which takes the focus. */
function screenOf(state: BoothState): string {
  if (state.at === "hours") return `hours-${state.hours.at}`;
  if (state.at === "petition") return `petition-${state.petition.at}`;
  if (state.at === "sign-in") return `sign-in-${state.signIn.at}`;
  return state.at;
}

function Screen({ state }: { readonly state: BoothState }) {
  switch (state.at) {
    case "starting":
      return <Starting />;
    case "welcome":
      return <Welcome state={state} />;
    case "locked":
      return <Locked state={state} />;
    case "words":
      return <Words state={state} />;
    case "membership":
      return <MembershipScreen state={state} />;
    case "loading":
      return <Loading what="poll" />;
    case "poll":
      return <PollScreen state={state} />;
    case "choose":
      return <Choose state={state} />;
    case "review":
      return <Review state={state} />;
    case "casting":
      return <Casting state={state} />;
    case "receipt":
      return <ReceiptScreen state={state} />;
    case "hours":
      return <Hours hours={state.hours} />;
    case "petition":
      return <PetitionScreen petition={state.petition} />;
    case "sign-in":
      return <SignInScreen signIn={state.signIn} />;
    case "check":
      return <Check state={state} />;
    case "refused":
      return <Refused state={state} />;
  }
}

function Languages({
  m,
  language,
  onChange,
}: {
  readonly m: Messages;
  readonly language: Language;
  readonly onChange: (language: Language) => void;
}) {
  return (
    <nav class="languages" aria-label={m.app.language}>
      {LANGUAGES.map(({ code, name }) => (
        <button
          key={code}
          type="button"
          class="plain"
          lang={code}
          aria-pressed={code === language}
          onClick={() => onChange(code)}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}

/** A crossed box: the page's mark. */
function Mark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
      <rect x="3" y="3" width="18" height="18" />
      <path d="M7 7.5 17 16.8M16.8 7 7.2 17" stroke-width="2.6" stroke-linecap="round" />
    </svg>
  );
}
