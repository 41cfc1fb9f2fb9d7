// The option --set of the commands for keys.
import { KEY_SET_NAMES, type KeySetName } from "@commune-zk/keys";

/**
 * The key set that `--set` names; undefined where the option is not given.
 *
 * @throws RangeError - no such set.
 */
export function parseKeySet(value: string | undefined): KeySetName | undefined {
  if (value === undefined) return undefined;
  const set = KEY_SET_NAMES.find((name) => name === value);
  if (set === undefined) throw new RangeError(`--set ${value}: one of ${KEY_SET_NAMES.join(", ")}`);
  return set;
}
