// A form whose button starts what takes seconds: how far it is, a way to stop it, and in words what came of it.

/** Steps of every proof, in order. The prover names the last two as it begins them. */
const STEPS = [
  ["artifacts", "Fetching what the proof is made with …"],
  ["witness", "Computing what is to be proven …"],
  ["proof", "Proving …"],
];

/**
 * @param form - holds a submit button, a `.stop` button, a `progress`, and an element of role `status`.
 * @param work - does it. It is given the signal of the stop button and `begin`, to be called with each step's name,
 *   and returns the words for what came of it.
 */
export function onPress(form, work) {
  const start = form.querySelector("[type=submit]");
  const stop = form.querySelector(".stop");
  const progress = form.querySelector("progress");
  const status = form.querySelector("[role=status]");
  progress.max = STEPS.length;

  const begin = (name) => {
    progress.value = STEPS.findIndex(([step]) => step === name);
    status.textContent = STEPS[progress.value][1];
  };

  const setRunning = (isRunning) => {
    start.hidden = isRunning;
    stop.hidden = !isRunning;
    progress.hidden = !isRunning;
    // Whoever pressed one button by key finds itself on the other.
    (isRunning ? stop : start).focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const stopping = new AbortController();
    stop.onclick = () => stopping.abort();
    setRunning(true);
    try {
      begin("artifacts");
      status.textContent = await work({ signal: stopping.signal, begin });
    } catch (error) {
      status.textContent = wordsFor(error);
    } finally {
      setRunning(false);
    }
  });
}

/** Shows something beside the form, in a `pre` within `details`. */
export function show(id, value) {
  const pre = document.getElementById(id);
  pre.textContent = typeof value === "string" ? value : JSON.stringify(value);
  pre.closest("details").hidden = false;
}

/** What happened, for people. Errors of the prover have a code, and never a secret in their message. */
function wordsFor({ name, code, message }) {
  if (name === "AbortError") return "Stopped. Nothing was proven, and nothing was sent.";
  if (code?.startsWith?.("artifact-")) {
    return "The server does not have the right files for the proof. Nothing was proven, and nothing was sent.";
  }
  return `That did not work, and nothing was sent. You may try again. (${code ?? message})`;
}
