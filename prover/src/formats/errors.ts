/**
 * Untrusted input that is not what it has to be: one typed error, thrown by the parser at the edge.
 *
 * `code` is stable, kebab-case, listed in docs/spec/errors.md; `place` says where in the input the fault
 * lies (a JSON path, a file's path, or an item's name). The message never holds a secret.
 */
export class InputError extends Error {
  readonly code: string;
  readonly place: string | undefined;

  /**
   * A refusal.
   *
   * @param code - stable, kebab-case.
   * @param message - a sentence for a person, without secrets.
   * @param place - where in the input; omitted where there is only one place.
   */
  constructor(code: string, message: string, place?: string, options?: { cause?: unknown }) {
    super(place === undefined ? message : `${place}: ${message}`, options);
    this.name = "InputError";
    this.code = code;
    this.place = place;
  }
}
