// Small parts that several screens share.
import type { ComponentChildren, TargetedEvent } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { encode } from "uqr";
import type { Fault, ProofState } from "../core/state.ts";
import { faultKey } from "../i18n/faults.ts";
import { fill } from "../i18n/format.ts";
import { useAction, usePage } from "./page.ts";
import { saveFile } from "./save.ts";

/**
 * The heading of a screen. A new screen takes the focus here, so that it is read out and Tab goes on from it.
 *
 * @param props - `tab` is what the browser's tab, and so its history, says instead.
 */
export function Heading({ children, tab = children }: { readonly children: string; readonly tab?: string }) {
  const { m } = usePage();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${tab} · ${m.app.name}`;
  }, [tab, m]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/**
 * A button. While it is `off` it keeps its place in the order of Tab, and says why through `describedBy`.
 *
 * @param props - its surroundings; `onPress` is not called while `off`.
 */
export function Button({
  onPress,
  kind,
  off = false,
  submit = false,
  label,
  describedBy,
  id,
  children,
}: {
  readonly onPress?: () => void;
  readonly kind?: "main" | "plain" | "choice" | "next-place";
  readonly off?: boolean;
  readonly submit?: boolean;
  readonly label?: string;
  readonly describedBy?: string;
  readonly id?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <button
      type={submit ? "submit" : "button"}
      class={kind}
      id={id}
      aria-label={label}
      aria-describedby={describedBy}
      aria-disabled={off ? "true" : undefined}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onPress?.();
      }}
    >
      {children}
    </button>
  );
}

/** A form that never navigates; the page checks what was typed itself. */
export function Form({
  onSubmit,
  children,
}: {
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <form
      class="stack wide"
      noValidate
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

/** A field with its label, hint and error; a faulty one takes the focus. */
export function Field({
  label,
  hint,
  error,
  value,
  onInput,
  kind = "text",
  autocomplete = "off",
  code = false,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly error: string | null;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly kind?: "text" | "password" | "lines";
  readonly autocomplete?: "off" | "current-password" | "new-password";
  readonly code?: boolean;
}) {
  const id = useId();
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (error !== null) field.current?.focus();
  }, [error]);
  const described = [hint !== undefined && `${id}-hint`, error !== null && `${id}-error`].filter(Boolean);
  const common = {
    id,
    ref: field,
    class: code ? "code" : undefined,
    value,
    autocapitalize: "none" as const,
    spellcheck: false,
    "aria-invalid": error === null ? undefined : ("true" as const),
    "aria-describedby": described.length > 0 ? described.join(" ") : undefined,
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="soft" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {kind === "lines" ? (
        <textarea {...common} autocomplete="off" />
      ) : kind === "password" ? (
        <input {...common} type="password" autocomplete={autocomplete} />
      ) : (
        <input {...common} type="text" autocomplete={autocomplete} />
      )}
      {error !== null && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** One choice of several, as radio buttons. */
export function Choices<T extends string>({
  legend,
  value,
  onChange,
  choices,
}: {
  readonly legend: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly choices: readonly { readonly value: T; readonly label: string; readonly hint?: string }[];
}) {
  const name = useId();
  return (
    <fieldset class="stack">
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label class="tick" key={choice.value}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span>
            {choice.label}
            {choice.hint !== undefined && (
              <>
                <br />
                <span class="soft">{choice.hint}</span>
              </>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A box to tick. */
export function Tick({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}) {
  const id = useId();
  return (
    <div>
      <label class="tick">
        <input
          type="checkbox"
          checked={value}
          aria-describedby={hint === undefined ? undefined : id}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {hint !== undefined && (
        <p class="soft" id={id}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A failure of an action, in words; said at once. */
export function Failed({ code }: { readonly code: string | null }) {
  const { m } = usePage();
  if (code === null) return null;
  const { what, todo } = m.faults[faultKey(code)];
  return (
    <div class="notice bad" role="alert">
      <p class="strong">{what}</p>
      <p>{todo}</p>
      <p class="number">
        {m.refused.code}: {code}
      </p>
    </div>
  );
}

/** A fault with everything there is to it: words, what to do, evidence, code and place. */
export function FaultDetails({ fault }: { readonly fault: Fault }) {
  const { m } = usePage();
  const { what, todo } = m.faults[faultKey(fault.code)];
  return (
    <div class="stack">
      <p class="strong">{what}</p>
      <p>{todo}</p>
      {fault.evidence !== null && <Evidence name={fault.evidence} />}
      <details>
        <summary>{m.refused.details}</summary>
        <dl class="facts stack">
          <div>
            <dt>{m.refused.code}</dt>
            <dd class="number">{fault.code}</dd>
          </div>
          {fault.place !== null && (
            <div>
              <dt>{m.refused.place}</dt>
              <dd class="number">{fault.place}</dd>
            </div>
          )}
        </dl>
      </details>
    </div>
  );
}

/** Kept bytes, to be saved. */
function Evidence({ name }: { readonly name: string }) {
  const { booth, m } = usePage();
  const [missing, setMissing] = useState(false);
  const saving = useAction();
  return (
    <div class="stack">
      <p>{m.refused.kept}</p>
      <div>
        <Button
          off={saving.busy}
          onPress={() =>
            saving.run(async () => {
              const bytes = await booth.evidence(name);
              setMissing(bytes === null);
              if (bytes !== null) saveFile(name, bytes);
            })
          }
        >
          {m.refused.save}
        </Button>
      </div>
      {(missing || saving.failed !== null) && (
        <p class="error" role="alert">
          {m.refused.saveFailed}
        </p>
      )}
    </div>
  );
}

/** A bar where a fraction is known, a moving pattern where it is not. */
export function Progress({ label, fraction }: { readonly label: string; readonly fraction: number | null }) {
  const { m, format } = usePage();
  const id = useId();
  return (
    <div class="stack">
      <div class="row">
        <span id={id}>{label}</span>
        {fraction !== null && (
          <span class="soft" aria-hidden="true">
            {fill(m.proof.percent, { percent: format.percent(Math.floor(fraction * 100) / 100) })}
          </span>
        )}
      </div>
      <progress aria-labelledby={id} max={1} {...(fraction === null ? {} : { value: fraction })} />
    </div>
  );
}

/** Where the proof stands, with a way to stop it and to start it again. */
export function ProofLine({ proof, again }: { readonly proof: ProofState; readonly again: () => void }) {
  const { booth, m, say } = usePage();
  const phase = proof.at === "running" ? m.proof[proof.phase] : proof.at === "ready" ? m.proof.ready : null;
  useEffect(() => {
    if (phase !== null) say(phase);
  }, [phase, say]);
  if (proof.at === "idle") {
    return (
      <div class="proof">
        <p>{m.proof.idle}</p>
        <div>
          <Button onPress={again}>{m.proof.again}</Button>
        </div>
      </div>
    );
  }
  if (proof.at === "failed") {
    return (
      <div class="notice bad" role="alert">
        <FaultDetails fault={proof.fault} />
        <div>
          <Button onPress={again}>{m.app.tryAgain}</Button>
        </div>
      </div>
    );
  }
  if (proof.at === "ready") {
    return (
      <div class="proof">
        <p>
          <span aria-hidden="true">✓ </span>
          {m.proof.ready}
        </p>
      </div>
    );
  }
  return (
    <div class="proof">
      <p class="strong">{m.proof.title}</p>
      <Progress label={m.proof[proof.phase]} fraction={proof.fraction} />
      <div class="row">
        <p class="soft">{m.proof.minutes}</p>
        <Button onPress={() => booth.cancelProof()}>{m.proof.cancel}</Button>
      </div>
    </div>
  );
}

/** Text to be carried elsewhere: read only, with a button that copies it. */
export function Copyable({
  label,
  text,
  lines = false,
}: {
  readonly label: string;
  readonly text: string;
  readonly lines?: boolean;
}) {
  const { m } = usePage();
  const id = useId();
  const [told, setTold] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setTold(m.app.copied);
    } catch {
      setTold(m.app.copyFailed);
    }
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {lines ? (
        <textarea id={id} class="code" readOnly value={text} rows={9} />
      ) : (
        <input
          id={id}
          class="code"
          type="text"
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      <div class="row">
        <Button onPress={() => void copy()}>{m.app.copy}</Button>
        <span role="status">{told}</span>
      </div>
    </div>
  );
}

/** A QR code, always dark on white with its quiet zone: dark themes stop scanners. Null if the text is too long. */
export function Qr({
  text,
  label,
  tooLong,
}: {
  readonly text: string;
  readonly label: string;
  readonly tooLong: string;
}) {
  const path = qrPath(text);
  if (path === null) return <p>{tooLong}</p>;
  return (
    <figure class="qr">
      <svg
        viewBox={`0 0 ${path.size} ${path.size}`}
        role="img"
        aria-label={label}
        shape-rendering="crispEdges"
      >
        <rect width={path.size} height={path.size} fill="#fff" />
        <path d={path.d} fill="#000" />
      </svg>
      <figcaption class="soft" aria-hidden="true">
        {label}
      </figcaption>
    </figure>
  );
}

function qrPath(text: string): { readonly size: number; readonly d: string } | null {
  try {
    const { size, data } = encode(text, { ecc: "L", border: 4 });
    const d = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
    return { size, d };
  } catch {
    return null;
  }
}

/** A long number in groups that can be read out and compared. */
export function LongNumber({ hex }: { readonly hex: string }) {
  return <span class="number">{hex.match(/.{1,4}/g)?.join(" ") ?? hex}</span>;
}

/** Whose poll this is, or whose request of another kind. */
export function Counterfoil({
  organisation,
  what,
  children,
}: {
  readonly organisation: string;
  /** In the page's language, before the organisation's name; a poll's unless told. */
  readonly what?: string;
  readonly children?: ComponentChildren;
}) {
  const { m } = usePage();
  return (
    <div class="counterfoil">
      <span>
        {what ?? m.poll.ballotPaper} <strong>{organisation}</strong>
      </span>
      {children}
    </div>
  );
}
